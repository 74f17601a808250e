namespace Peers.Generators;

/// <summary>Writes a call whose hook returns nothing but its end.</summary>
internal static class HookReturnEmitter
{
    public static void Emit(SourceWriter writer, HookModel hook, string call)
    {
        switch (hook.Returns.Shape)
        {
            case ReturnShape.Sync:
                writer.Write($"{call};").Write("return default;");
                break;
            case ReturnShape.Task:
                writer.Write($"return new({call});");
                break;
            default:
                writer.Write($"return {call};");
                break;
        }
    }
}
