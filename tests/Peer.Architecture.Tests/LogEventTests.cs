using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers.Tests;

/// <summary>
/// Walks every log event of every package. A new event is found by its <c>[LoggerMessage]</c> and must be limited, bounded and sanitised,
/// which it is where its class takes a <see cref="SafeLogger"/>. It needs no other code, and a row in docs/logs.md.
/// </summary>
public sealed partial class LogEventTests : IAsyncLifetime
{
    private const int LongestLine = 2_000;
    private const int Calls = 3_000;

    // Characters that could forge a line, hide text or reorder it. They are listed here and not taken from the product.
    private static readonly string[] s_harmful =
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => ((char)code).ToString()),
        "\u00AD", "\u034F", "\u061C", "\u115F", "\u1160", "\u17B4", "\u180B", "\u180E", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F",
        "\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2060", "\u2061", "\u2064", "\u2065", "\u2066", "\u2067",
        "\u2068", "\u2069",
        "\u206A", "\u206F", "\u2800", "\u3164", "\uFE00", "\uFE0F", "\uFEFF", "\uFFA0", "\uFFF0", "\uFFF9", "\uFFFB", "\uFFFE", "\uFFFF",
        "\uD800", "\uDBFF", "\uDC00", "\uDFFF", "\U000110BD", "\U0001BCA0", "\U0001D173", "\U000E0001", "\U000E0041", "\U000E007F",
        "\U000E0100", "\U000E0FFF", "\U0010FFFF",
    ];

    private readonly Recorder _recorder = new();
    private readonly StillTime _time = new();
    private readonly SafeLogger _logger;
    private PeerTestHost? _host;
    private Peer? _peer;

    public LogEventTests() => _logger = new(_recorder, _time);

    public static TheoryData<int> Ids => [.. LogEvent.All.Select(one => one.Id)];

    public async ValueTask InitializeAsync()
    {
        _host = PeerTestHost.Start<Quiet>();
        var address = new NamedEndPoint(Mix("e") + new string('e', 10_000));
        var client = await _host.ConnectAsync("/quiet", request => request.RemoteEndPoint = address);
        _peer = client.Peer;
    }

    public async ValueTask DisposeAsync() => await _host!.DisposeAsync();

    // Origin, subprotocols and names of channels were logged at any length; U+0085, U+009B, U+2028 and U+202E passed into lines.
    [Theory]
    [MemberData(nameof(Ids))]
    public void What_a_client_or_a_node_controls_is_bounded_and_has_no_harmful_character(int id)
    {
        string[] longOnes = [Mix("x"), Mix("y") + new string('z', 100_000), new string('\u202E', 100_000)];
        foreach (var text in s_harmful.Select(one => $"a{one}b").Concat(longOnes))
        {
            _recorder.Lines.Clear();
            _time.Advance(TimeSpan.FromSeconds(1));
            LogEvent.Find(id).Write(_logger, LogValues.Hostile(_peer!, text));

            var line = Assert.Single(_recorder.Lines);
            AssertSafe(line.Text, LongestLine);
            Assert.All(line.Values, value => AssertSafe($"{value.Key}={value.Value}", LongestLine));
            if (line.Exception is { } exception) AssertSafe(exception);
        }
    }

    // Lines 1, 2, 17 to 20, 25 to 28, 50, 51, 57 to 60, 109, 110, 200 and 204 had no limit: 9,000 lines of one event in one run.
    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_written_no_more_often_than_its_rate_allows_and_the_next_line_gives_the_number_of_the_others(int id)
    {
        var one = LogEvent.Find(id);
        for (var i = 0; i < Calls; i++) one.Write(_logger, LogValues.Ordinary(_peer!));

        Assert.Equal(one.Rate.Burst, _recorder.Lines.Count);
        Assert.InRange(one.Rate.Burst, 1, one.Declaration.Level == LogLevel.Debug ? 1_000 : 100);
        Assert.InRange(one.Rate.PerSecond, 1, one.Declaration.Level == LogLevel.Debug ? 1_000 : 10);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < Calls; i++) one.Write(_logger, LogValues.Ordinary(_peer!));

        Assert.Equal(one.Rate.Burst + one.Rate.PerSecond, _recorder.Lines.Count);
        var next = _recorder.Lines[one.Rate.Burst];
        Assert.EndsWith($" ({Calls - one.Rate.Burst} similar not logged)", next.Text, StringComparison.Ordinal);
        Assert.Equal(Calls - one.Rate.Burst, next.Values.Single(value => value.Key == "Suppressed").Value);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    [SuppressMessage("Usage", "CA2254:Template should be a static expression", Justification = "It is that of each event.")]
    [SuppressMessage("Performance", "CA1873:Avoid potentially expensive logging", Justification = "The recorder takes every line.")]
    public void Ordinary_values_give_the_line_that_the_platform_would_write(int id)
    {
        LogEvent.Find(id).Write(_logger, LogValues.Ordinary(_peer!));

        var line = Assert.Single(_recorder.Lines);
        var template = (string)line.Values[^1].Value!;
        var byName = line.Values.ToDictionary(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase);
        object?[] values = [.. Placeholder().Matches(template).Select(name => byName[name.Groups[1].Value])];
        _recorder.Lines.Clear();
        ((ILogger)_recorder).Log(LogLevel.Critical, id, template, values);

        Assert.Equal(Assert.Single(_recorder.Lines).Text, line.Text);
    }

    [Fact]
    public void An_exception_whose_text_is_harmless_is_logged_itself()
    {
        var values = LogValues.Ordinary(_peer!);
        LogEvent.Find(16).Write(_logger, values);

        Assert.Same(values.Exception, Assert.Single(_recorder.Lines).Exception);
    }

    [Fact]
    public void An_exception_with_a_harmful_message_keeps_type_causes_and_stack_trace_as_text()
    {
        var thrown = Assert.Throws<FormatException>(() => ThrowAbout("line\nFAKE line"));
        LogEvent.Find(16).Write(_logger, LogValues.Ordinary(_peer!) with { Exception = thrown });

        var logged = Assert.Single(_recorder.Lines).Exception!;
        Assert.StartsWith("System.FormatException: line\uFFFDFAKE line", logged.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{Environment.NewLine} ---> System.InvalidOperationException: cause", logged.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowAbout), logged.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowAbout), logged.ToString(), StringComparison.Ordinal);
        Assert.Equal("System.FormatException: line\uFFFDFAKE line", logged.Message);
    }

    [Fact]
    public void An_exception_that_throws_for_its_message_is_logged_by_its_type()
    {
        LogEvent.Find(16).Write(_logger, LogValues.Ordinary(_peer!) with { Exception = new MuteException() });

        Assert.Contains(nameof(MuteException), Assert.Single(_recorder.Lines).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_with_very_many_causes_are_bounded()
    {
        var many = new AggregateException(Enumerable.Range(0, 10_000).Select(number => new InvalidOperationException($"{number}\u0085")));
        LogEvent.Find(16).Write(_logger, LogValues.Ordinary(_peer!) with { Exception = many });

        AssertSafe(Assert.Single(_recorder.Lines).Exception!);
    }

    [Fact]
    public void A_provider_sees_the_peer_itself_and_numbers_as_numbers()
    {
        LogEvent.Find(10).Write(_logger, LogValues.Ordinary(_peer!));

        var values = Assert.Single(_recorder.Lines).Values;
        Assert.Same(_peer, values.Single(value => value.Key == "Peer").Value);
        Assert.Equal(12_345, values.Single(value => value.Key == "Limit").Value);
    }

    [Fact]
    public void Texts_that_an_application_logs_by_itself_are_safe_too()
    {
        var text = Mix("x") + new string('z', 100_000);
        object[] texts =
        [
            _peer!, new CloseEvent(CloseCode.Normal, text, true, CloseInitiator.Remote),
            new ChannelGap(text, ChannelGapCause.Lost) { Node = 1, First = 1, Last = 2 }, new PeerChannel<object>(text), default(ChannelGap), default(PeerChannel<object>),
        ];

        Assert.All(texts, one => AssertSafe(one.ToString()!, LongestLine));
        Assert.EndsWith(": 1 to 2 of node 00000001 (Lost)", texts[2].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_classes_take_a_safe_logger_and_nothing_else_that_logs()
    {
        var types = LogEvent.All.Select(one => one.Method.DeclaringType!).Distinct();
        var others =
            from type in types
            from used in type.GetFields(LogEvent.Declared).Select(field => field.FieldType).Concat(ParametersOf(type))
            where typeof(ILogger).IsAssignableFrom(used) && used != typeof(SafeLogger)
            select $"{type.Name} uses {used}: take a SafeLogger";

        Assert.Empty(others);
    }

    // Peer.Testing passes lines of the host on to the test, and logs none.
    [Fact]
    public void Sources_make_no_logger_but_safe_ones_and_log_by_no_other_method()
    {
        var files = Repository.Sources("src").Where(file => !file.Name.StartsWith("src/Peer.Testing/", StringComparison.Ordinal)).ToArray();
        var found =
            from file in files
            from line in file.Code.Split('\n')
            where OtherLogger().IsMatch(line) || DirectCall().IsMatch(line)
            where file.Name != "src/Peer.Runtime/Observability/SafeLogger.cs"
            select $"{file}: {line.Trim()}";

        Assert.NotEmpty(files);
        Assert.Empty(found);
    }

    private static IEnumerable<Type> ParametersOf(Type type) =>
        type.GetMethods(LogEvent.Declared).Cast<MethodBase>().Concat(type.GetConstructors(LogEvent.Declared))
            .SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType);

    private static string Mix(string between) => string.Concat(s_harmful.Select(one => between + one)) + "\r\nFAKE line";

    private static void ThrowAbout(string text) => throw new FormatException(text, new InvalidOperationException("cause"));

    private static void AssertSafe(Exception exception)
    {
        for (var one = exception; one is not null; one = one.InnerException) AssertSafe(one.Message, LongestLine);
        var text = exception.ToString();
        Assert.InRange(text.Length, 0, 17_000);
        foreach (var line in text.Split(Environment.NewLine)) AssertSafe(line, LongestLine);
    }

    // Shares no code with the product.
    private static void AssertSafe(string text, int longest)
    {
        Assert.InRange(text.Length, 0, longest);
        Assert.DoesNotContain(text.EnumerateRunes(), rune => s_harmful.Contains(rune.ToString()) || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i])) Assert.True(char.IsSurrogatePair(text, i++), "A lone surrogate.");
        }
    }

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(?!.*new SafeLogger\().*\.CreateLogger\b")]
    private static partial Regex OtherLogger();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(|\bConsole\.(Error|Out|Write)")]
    private static partial Regex DirectCall();

    private sealed class MuteException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    private sealed class StillTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }

    private sealed record Line(string Text, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception);

    private sealed class Recorder : ILogger
    {
        public List<Line> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(new(formatter(state, exception), [.. (IReadOnlyList<KeyValuePair<string, object?>>)state!], exception));
    }
}
