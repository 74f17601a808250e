namespace Peers.Generators;

/// <summary>Opens a member that is generated into a handler.</summary>
internal static class HandlerMember
{
    /// <summary>Writes an empty line, and the mark of a member that uses what is obsolete.</summary>
    public static SourceWriter Begin(this SourceWriter writer, HandlerModel handler)
    {
        writer.Line();
        return handler.UsesObsolete ? writer.Write(Obsolete.Mark) : writer;
    }
}
