[assembly: Peers.MessageType<System.Drawing.Point>("point")]

namespace Peers.Tests;

/// <summary>Hooks that take and return types which stand for several messages.</summary>
public sealed class UnionTests
{
    [Fact]
    public async Task A_hook_takes_whichever_message_came_and_answers_with_one()
    {
        await using var host = PeerTestHost.Start<Canvas>();
        var ada = await host.ConnectAsync("/");

        Assert.Equal(new Square(2), await ada.RequestAsync<Square, IFigure>(new Square(1)));
        Assert.Equal(new Line(8), await ada.RequestAsync<Line, IFigure>(new Line(4)));
    }

    [Fact]
    public async Task A_hook_for_one_message_comes_before_one_for_several()
    {
        await using var host = PeerTestHost.Start<Canvas>();
        var ada = await host.ConnectAsync("/");

        Assert.Equal(new Square(0), await ada.RequestAsync<Triangle, IFigure>(new Triangle()));
    }

    [Fact]
    public async Task What_is_published_as_one_of_several_has_its_own_type()
    {
        await using var host = PeerTestHost.Start<Canvas>();
        var ada = await host.ConnectAsync("/");
        host.Host.Publish(Canvas.Figures, (IFigure)new Line(3));

        Assert.Equal(new Line(3), await ada.ReceiveAsync<Line>());
    }

    [Fact]
    public async Task A_type_that_is_not_ours_is_taken_sent_and_published_like_any_message()
    {
        await using var host = PeerTestHost.Start<Canvas>();
        var ada = await host.ConnectAsync("/");
        await ada.SendAsync("""{"type":"point","$id":1,"x":3,"y":4}""");

        Assert.Equal("""{"type":"point","isEmpty":false,"x":4,"y":3}""", await ada.ReceiveTextAsync());
        Assert.Equal("""{"type":"point","$re":1,"isEmpty":false,"x":3,"y":4}""", await ada.ReceiveTextAsync());
    }
}

[PeerHandler("/")]
public sealed partial class Canvas
{
    [Channel("figures", Join = true)]
    public static partial PeerChannel<IFigure> Figures { get; }

    [OnMessage]
    private static IFigure Draw(IFigure figure) => figure switch
    {
        Square square => new Square(square.Side * 2),
        Line line => new Line(line.Length * 2),
        _ => throw new InvalidOperationException(),
    };

    [OnMessage]
    private static System.Drawing.Point Move(Peer peer, System.Drawing.Point point)
    {
        peer.Send(new System.Drawing.Point(point.Y, point.X));
        return point;
    }

    [OnMessage]
    private static ValueTask<IFigure> Draw(Triangle triangle) => new(new Square(triangle.Corners - 3));
}

[Message] public partial interface IFigure;
[Message] public sealed partial record Square(int Side) : IFigure;
[Message] public readonly partial record struct Line(int Length) : IFigure;

[Message] public sealed partial record Triangle(int Corners = 3) : IFigure;
