namespace Peers.Tests;

/// <summary>Generated code needs nothing from the files around it.</summary>
public sealed class StandaloneTests
{
    // Dispatch by name used to call an extension method of System, which only a project with implicit usings has in sight.
    [Fact]
    public void A_project_without_global_usings_compiles() => Generated.Alone("""
        using Microsoft.AspNetCore.Mvc;
        using Peers;

        [PeerHandler("/{room}")]
        partial class Chat(System.IServiceProvider services)
        {
            [Channel("room/{room}", Join = true)] public static partial PeerChannel<string> Room(string room);
            [OnUpgrade] UpgradeResult Admit(UpgradeRequest request, [FromServices] System.IFormatProvider format) => UpgradeResult.Accept();
            [OnOpen] void Opened(Peer peer, [FromRoute] string room) => services.ToString();
            [OnMessage] Said Say(Say say) => new(say.Text, say.Number, say.Parts);
            [OnMessage] void Other(Said said, [Microsoft.Extensions.DependencyInjection.FromKeyedServices("a")] System.IFormatProvider format) { }
            [OnMessage] static System.Collections.Generic.IAsyncEnumerable<Said> Watch(Watch watch) => throw new System.NotSupportedException();
            [OnMessage] void Text(string text) { }
            [OnMessage] void Binary(System.ReadOnlyMemory<byte> bytes) { }
            [OnClose] void Closed(CloseEvent close) { }
        }

        [Message] readonly partial record struct Say(string Text, int? Number, System.Collections.Generic.Dictionary<string, Part[]> Parts);
        [Message] sealed partial record Said(string Text, int? Number, System.Collections.Generic.Dictionary<string, Part[]> Parts);
        [Message] partial interface IEvent;
        [Message] sealed partial record Left(string Who) : IEvent;
        [Message] readonly partial record struct Watch(System.DayOfWeek Day);
        sealed record Part(System.DateTimeOffset At, byte[] Bytes, System.Guid Id) { public string Name { get; init; } = ""; }
        """).AssertNoProblems();
}
