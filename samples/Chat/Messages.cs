using Peers;

namespace Chat;

// What a page says.

[Message] public readonly partial record struct Say(string Text);
[Message] public readonly partial record struct Typing(bool Now);
[Message] public readonly partial record struct Rename(string Name);

// What a page hears.

/// <summary>Whatever everyone in a room is told.</summary>
public interface IRoomEvent;

[Message] public readonly partial record struct Said(string Who, string Text, DateTimeOffset At) : IRoomEvent;
[Message] public readonly partial record struct IsTyping(string Who, bool Now) : IRoomEvent;
[Message] public readonly partial record struct Joined(string Who) : IRoomEvent;
[Message] public readonly partial record struct Renamed(string From, string To) : IRoomEvent;
[Message] public readonly partial record struct Left(string Who) : IRoomEvent;

/// <summary>Who is in a room. Lists may overtake each other on their way; the one of the highest version is the newest.</summary>
[Message] public readonly partial record struct Here(long Version, string[] Names) : IRoomEvent;

/// <summary>The name that one got, which need not be the one that was asked for.</summary>
[Message] public readonly partial record struct YouAre(string Name);
