using System.Collections.ObjectModel;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers.Tests;

/// <summary>One log event of a package: its declaration, and its method, called with given values.</summary>
internal sealed record LogEvent(MethodInfo Method, LoggerMessageAttribute Declaration)
{
    // The first id of each package; each has a hundred.
    public static ReadOnlyDictionary<string, int> Ranges { get; } =
        new(new Dictionary<string, int> { ["Peer.Runtime"] = 1, ["Peer.AspNetCore"] = 100, ["Peer.EventLoop"] = 200, ["Peer.Redis"] = 300 });

    public const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public static IReadOnlyList<LogEvent> All { get; } = [.. Ranges.Keys.SelectMany(Of).OrderBy(one => one.Id)];

    public int Id => Declaration.EventId;

    public LogRate Rate => LogRate.Of(Id, Declaration.Level);

    public static IEnumerable<LogEvent> Of(string assembly) =>
        from type in Assembly.Load(assembly).GetTypes()
        from method in type.GetMethods(Declared)
        from declaration in method.GetCustomAttributes<LoggerMessageAttribute>()
        select new LogEvent(method, declaration);

    public static LogEvent Find(int id) => All.Single(one => one.Id == id);

    /// <summary>Logs the event with values for its parameters, to a logger that any number of calls can share.</summary>
    public void Write(SafeLogger logger, LogValues values)
    {
        var target = Method.IsStatic ? null : Create(Method.DeclaringType!, logger, values);
        Method.Invoke(target, [.. Method.GetParameters().Select(parameter => ValueFor(parameter, logger, values))]);
    }

    public override string ToString() => $"{Id} {Method.DeclaringType!.Name}.{Method.Name}";

    private static object Create(Type type, SafeLogger logger, LogValues values)
    {
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => ValueFor(parameter, logger, values))]);
    }

    private static object ValueFor(ParameterInfo parameter, SafeLogger logger, LogValues values)
    {
        var type = parameter.ParameterType;
        if (type == typeof(SafeLogger)) return logger;
        return values.For(type) ?? throw new NotSupportedException(
            $"{parameter.Member.DeclaringType!.Name}.{parameter.Member.Name} logs a '{type}'. Add a hostile value of that type to LogValues.");
    }
}

/// <summary>Values for the parameters of log methods, by type. An <c>object</c> may be any, so it gets the text.</summary>
internal sealed record LogValues(Peer Peer, string Text, object Any, Exception Exception, CloseEvent Close, string[] Texts)
{
    /// <summary>What a client or another node could bring about at worst, with one text in every place.</summary>
    public static LogValues Hostile(Peer peer, string text)
    {
        var exception = new InvalidOperationException(text, new ArgumentException(text, text));
        return new(peer, text, text, exception, CloseFor(text), [.. Enumerable.Repeat(text, 100)]);
    }

    /// <summary>Ordinary values.</summary>
    public static LogValues Ordinary(Peer peer) =>
        new(peer, "news", 12_345, new InvalidOperationException("It failed."), CloseFor("bye"), ["v1", "v2"]);

    public object? For(Type type)
    {
        if (type == typeof(string)) return Text;
        if (type == typeof(object)) return Any;
        if (type == typeof(Peer)) return Peer;
        if (type == typeof(Exception)) return Exception;
        if (type == typeof(CloseEvent)) return Close;
        if (type == typeof(IReadOnlyList<string>)) return Texts;
        if (type == typeof(long)) return long.MaxValue;
        return type == typeof(int) ? int.MaxValue : null;
    }

    private static CloseEvent CloseFor(string reason) => new(CloseCode.Normal, reason, true, CloseInitiator.Remote);
}

/// <summary>An address that a hostile transport or a Unix socket could report.</summary>
internal sealed class NamedEndPoint(string name) : EndPoint
{
    public override string ToString() => name;
}

/// <summary>A handler whose peers are logged.</summary>
[PeerHandler("/quiet")]
public sealed partial class Quiet
{
    [OnMessage]
    private static void Receive(string text) => _ = text;
}
