using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Peers.Observability;

namespace Peers.Tests.Observability;

/// <summary>How many lines of one event are written, and what they say about those that were not.</summary>
public sealed class LogBudgetTests
{
    private const int Failed = 53;
    private const string Line = "A message to 'news' may not have reached other nodes: memory did not accept it.";

    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly BackplaneLog _log;

    public LogBudgetTests() => _log = new(new SafeLogger(_lines, _time), "memory");

    // It ended with "(0 similar not logged)".
    [Fact]
    public void A_line_before_which_none_was_suppressed_does_not_mention_it()
    {
        Fail();

        Assert.Equal([Line], _lines.Texts);
    }

    [Fact]
    public void A_line_after_suppressed_ones_gives_their_number_and_the_next_line_does_not()
    {
        for (var i = 0; i < 1236; i++) Fail();
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail();
        Fail();

        Assert.Equal([Line, Line, $"{Line} (1234 similar not logged)", Line], _lines.Texts);
    }

    [Fact]
    public void Every_line_has_the_number_as_a_property_and_all_have_one_template()
    {
        for (var i = 0; i < 5; i++) Fail();
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail();

        Assert.Equal([0, 0, 3], _lines.Properties("Suppressed"));
        Assert.Single(_lines.Properties("{OriginalFormat}").Distinct());
    }

    private void Fail() => _log.PublishFailed(new InvalidOperationException(), "news");

    private sealed class Lines : ILogger
    {
        private readonly List<(string Text, IReadOnlyList<KeyValuePair<string, object?>> Properties)> _all = [];

        public IEnumerable<string> Texts => _all.Select(line => line.Text);

        public IEnumerable<object?> Properties(string name) => _all.Select(line => line.Properties.Single(property => property.Key == name).Value);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(Failed, eventId.Id);
            _all.Add((formatter(state, exception), (IReadOnlyList<KeyValuePair<string, object?>>)state!));
        }
    }
}
