namespace Peers.Generators;

/// <summary>Reopens the type that generated members belong to.</summary>
internal static class TypeShellWriter
{
    /// <summary>Writes the head of the file and opens the type. <paramref name="interfaces"/> is its base list, or empty.</summary>
    public static SourceWriter Open(this SourceWriter writer, TypeShell shell, string interfaces, string usings = "")
    {
        writer.Write(FileHead.Text).Line();
        if (usings.Length > 0) writer.Write(usings).Line();
        if (shell.Namespace.Length > 0) writer.Write($"namespace {shell.Namespace};").Line();

        for (var i = 0; i < shell.Declarations.Count; i++)
        {
            var isInnermost = i == shell.Declarations.Count - 1;
            writer.Open(isInnermost && interfaces.Length > 0 ? $"{shell.Declarations[i]} : {interfaces}" : shell.Declarations[i]);
        }
        return writer;
    }

    /// <summary>Closes what <see cref="Open"/> opened.</summary>
    public static SourceWriter Close(this SourceWriter writer, TypeShell shell)
    {
        for (var i = 0; i < shell.Declarations.Count; i++) writer.Close();
        return writer;
    }
}
