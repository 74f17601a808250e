using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Generators;

/// <summary>Prints constants as C# that has their type, too: <c>5</c> is no <c>long</c>, and as an argument or a key that makes a
/// difference.</summary>
internal static class Constant
{
    /// <summary>A value that is not null, of a type or of the nullable of it.</summary>
    public static string Of(object value, ITypeSymbol type)
    {
        var text = value switch
        {
            double.NaN or double.PositiveInfinity or double.NegativeInfinity => $"double.{NameOf((double)value)}",
            float.NaN or float.PositiveInfinity or float.NegativeInfinity => $"float.{NameOf((float)value)}",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
            DateTime moment => $"new global::System.DateTime({moment.Ticks.ToString(CultureInfo.InvariantCulture)}L)",
            _ => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false) ?? "default",
        };
        return value is string or bool ? text : $"({type.FullNotNull()})({text})";
    }

    /// <summary>A value that an attribute was given, which is not null.</summary>
    public static string Of(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Type => $"typeof({((ITypeSymbol)constant.Value!).FullNotNull()})",
        TypedConstantKind.Primitive or TypedConstantKind.Enum => Of(constant.Value!, constant.Type!),
        _ => constant.ToCSharpString(),
    };

    private static string NameOf(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity";
}
