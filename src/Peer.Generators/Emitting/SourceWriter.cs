using System.Text;

namespace Peers.Generators;

/// <summary>Writes indented C# with <c>\n</c> line ends. Takes raw strings of many lines, so that the emitter looks like its output.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes the lines of <paramref name="lines"/> at the current depth; an empty line stays empty.</summary>
    public SourceWriter Write(string lines)
    {
        foreach (var line in lines.Split('\n')) WriteLine(line.TrimEnd('\r'));
        return this;
    }

    /// <summary>Writes an empty line.</summary>
    public SourceWriter Line()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>Writes <paramref name="head"/> and an opening brace; what follows is indented.</summary>
    public SourceWriter Open(string head)
    {
        if (head.Length > 0) Write(head);
        return Write("{").Indent();
    }

    /// <summary>Ends what <see cref="Open"/> began.</summary>
    public SourceWriter Close(string tail = "")
    {
        _depth--;
        return Write("}" + tail);
    }

    public SourceWriter Indent()
    {
        _depth++;
        return this;
    }

    public SourceWriter Outdent()
    {
        _depth--;
        return this;
    }

    public override string ToString() => _text.ToString();

    private void WriteLine(string line)
    {
        if (line.Length > 0) _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }
}
