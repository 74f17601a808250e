using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>
/// One publisher and one subscriber over a network that loses, repeats and delays by seed, with partitions longer and shorter
/// than the timeout and than nodes are remembered, and a subscriber that leaves and joins again. Keeps account of
/// every number that was published while the subscription stood.
/// </summary>
internal sealed class TrackerRun(int seed)
{
    private const uint Publisher = 1;
    private const int Steps = 400;

    private readonly Random _random = new(seed);
    private readonly FakeTimeProvider _time = new();
    private readonly BackplaneOptions _options = new() { NodeTimeout = TimeSpan.FromMilliseconds(500) };
    private readonly Queue<Action> _toSubscriber = new();
    private readonly HashSet<long> _owed = [];
    private readonly HashSet<long> _delivered = [];
    private SequenceTracker _tracker = null!;
    private long _published;
    private long _lastPublishAt;
    private long _questions;
    private long _heardAt;
    private int _forgotten;
    private bool _isCut;
    private bool _isLost;

    /// <summary>What did not hold.</summary>
    public List<string> Faults { get; } = [];

    public void Play()
    {
        _tracker = new("room", 1000, new PartialBudget(10_000), _options, _time);
        Publish(_random.Next(4));
        Subscribe();
        for (var step = 0; step < Steps; step++) Step();

        // The network heals: every question is answered, and what is owed then was neither delivered nor reported.
        _isCut = false;
        for (var step = 0; step < 20; step++)
        {
            Advance(100);
            Heartbeat();
            Deliver(int.MaxValue);
        }

        if (_owed.Count > 0) Faults.Add($"Not reported: {string.Join(", ", _owed.Order())}");
    }

    private void Step()
    {
        switch (_random.Next(12))
        {
            case 0:
                _isCut = !_isCut;
                break;
            case 1:
                Advance(_random.Next(3) == 0 ? 800 : 150);
                break;
            case 2 when _random.Next(6) == 0:
                Subscribe();
                break;
            case < 6:
                Publish(1 + _random.Next(3));
                break;
            case < 9:
                Advance(100);
                Heartbeat();
                break;
            default:
                Deliver(1 + _random.Next(4));
                break;
        }
    }

    private void Publish(int count)
    {
        for (; count > 0; count--)
        {
            var number = ++_published;
            _lastPublishAt = Now;
            _owed.Add(number);
            if (_isCut) continue;
            _toSubscriber.Enqueue(() => Take(number));
            if (_random.Next(10) == 0) Repeat(number);
        }
    }

    // A message is not repeated after longer than nodes are remembered.
    private void Repeat(long number)
    {
        var forgotten = _forgotten;
        _toSubscriber.Enqueue(() =>
        {
            if (_forgotten == forgotten) Take(number);
        });
    }

    private void Forget()
    {
        _forgotten++;
        Report(_tracker.Forget(Publisher));
    }

    // A new subscription: what was published before is not owed, and does not arrive any more.
    private void Subscribe()
    {
        _toSubscriber.Clear();
        _owed.Clear();
        _tracker.Clear();
        _tracker.Begin(_questions);
        if (_isLost) _tracker.AskLater(Publisher, _heardAt);
        else Ask(isPrompt: true);
    }

    private void Heartbeat()
    {
        if (!_isCut)
        {
            var number = _published;
            _toSubscriber.Enqueue(() => Hear(number));
        }

        Check();
    }

    private void Hear(long number)
    {
        _heardAt = Now;
        if (_isLost) Ask(isPrompt: false);
        _isLost = false;
        Report(_tracker.AdvertiseSequence(Publisher, new("room", number), Now));
    }

    private void Check()
    {
        List<ChannelGap> gaps = [];
        _tracker.FindOverdue(Now - Ticks(400), gaps);
        foreach (var gap in gaps) Report(gap);
        if (!_isLost && Now - _heardAt > Ticks(500)) Lose();

        if (_isLost && Now - _heardAt > Ticks(1200)) Forget();

        List<(uint, long AskedAt)> unanswered = [];
        _tracker.FindUnanswered(Now - Ticks(100), unanswered);
        if (!_isLost && unanswered.Exists(one => one.AskedAt <= _heardAt)) AskAgain();
    }

    private void Lose()
    {
        _isLost = true;
        Report(_tracker.LoseNode(Publisher, _heardAt));
    }

    private void Ask(bool isPrompt)
    {
        var id = ++_questions;
        _tracker.Ask(Publisher, new(id, id, Now, Now, isPrompt));
        Send(id);
    }

    private void AskAgain()
    {
        var id = ++_questions;
        if (_tracker.AskAgain(Publisher, new(id, id, Now, Now, IsPrompt: false))) Send(id);
    }

    // The request reaches the publisher at once or not at all; the answer stands in line behind what was published before.
    private void Send(long id)
    {
        if (_isCut) return;
        var idle = _published == 0 ? TimeSpan.MaxValue : _time.GetElapsedTime(_lastPublishAt);
        var answer = new ChannelSequence("room", _published) { Idle = idle };
        for (var copies = _random.Next(5) == 0 ? 2 : 1; copies > 0; copies--) _toSubscriber.Enqueue(Answer);

        void Answer() => Report(_tracker.Answer(Publisher, id, answer, Now));
    }

    // What is under way arrives although the connection is cut meanwhile, or is lost with it.
    private void Deliver(int count)
    {
        for (; count > 0 && _toSubscriber.TryDequeue(out var arrive); count--)
        {
            if (!_isCut || _random.Next(2) == 0) arrive();
        }
    }

    private void Take(long number)
    {
        var payload = new ReadOnlySequence<byte>([1]);
        var isTaken = _tracker.TryTake(new(RelayFlags.First | RelayFlags.Last, Publisher, number), ref payload, out _, out var gap);
        Report(gap);
        if (!isTaken) return;
        if (!_delivered.Add(number)) Faults.Add($"{number} was delivered twice.");
        _owed.Remove(number);
    }

    private void Report(ChannelGap? found)
    {
        if (found is not { } gap) return;
        if (!gap.IsExact)
        {
            _owed.RemoveWhere(number => gap.First is null || number >= gap.First);
            return;
        }

        for (var number = gap.First!.Value; number <= gap.Last; number++)
        {
            if (_delivered.Contains(number)) Faults.Add($"{gap} names {number}, which was delivered.");
            _owed.Remove(number);
        }
    }

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private long Now => _time.GetTimestamp();

    private long Ticks(int milliseconds) => _time.TimestampFrequency * milliseconds / 1000;
}
