namespace Peers.Generators;

/// <summary>Writes how numbers are read and written that may stand in quotes.</summary>
internal static class MessageNumberEmitter
{
    private const string Handling = "global::System.Text.Json.Serialization.JsonNumberHandling.";

    /// <summary>Whether a value may come in quotes.</summary>
    public static bool IsQuotedOnTheWire(MessageValue value) => (value.Numbers & (MessageNumbers.FromText | MessageNumbers.Named)) != MessageNumbers.Plain;

    /// <summary>The call that reads a number into a variable, or into one that is declared here, as a condition.</summary>
    public static string Read(MessageValue value, string variable)
    {
        var name = variable.Substring(variable.LastIndexOf(' ') + 1);
        return $"(reader.IsText() ? reader.TryReadQuoted({HandlingOf(value.Numbers)}, out {variable}) : reader.TryRead(out {name}))";
    }

    /// <summary>The statement that writes a number.</summary>
    public static string Write(MessageValue value, string expression)
    {
        if ((value.Numbers & MessageNumbers.AsText) != MessageNumbers.Plain) return $"writer.WriteQuoted({expression});";
        if ((value.Numbers & MessageNumbers.Named) == MessageNumbers.Plain) return $"writer.Write({expression});";
        return $"{{ if ({value.Type}.IsFinite({expression})) writer.Write({expression}); else writer.WriteQuoted({expression}); }}";
    }

    private static string HandlingOf(MessageNumbers numbers) => (numbers & (MessageNumbers.FromText | MessageNumbers.Named)) switch
    {
        MessageNumbers.FromText => $"{Handling}AllowReadingFromString",
        MessageNumbers.Named => $"{Handling}AllowNamedFloatingPointLiterals",
        _ => $"{Handling}AllowReadingFromString | {Handling}AllowNamedFloatingPointLiterals",
    };
}
