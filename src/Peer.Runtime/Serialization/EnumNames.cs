using System.Text.Json.Serialization;

namespace Peers;

/// <summary>The converter that reads and writes an enum by the names of its values, where they are not written as we would.</summary>
internal static class EnumNames<T> where T : struct, Enum
{
    public static JsonConverter<T> Converter { get; } =
        (JsonConverter<T>)new JsonStringEnumConverter<T>().CreateConverter(typeof(T), MessageSerializer.Options);
}
