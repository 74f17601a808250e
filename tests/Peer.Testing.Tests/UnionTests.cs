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
    private static ValueTask<IFigure> Draw(Triangle triangle) => new(new Square(triangle.Corners - 3));
}

[Message] public partial interface IFigure;
[Message] public sealed partial record Square(int Side) : IFigure;
[Message] public readonly partial record struct Line(int Length) : IFigure;

[Message] public sealed partial record Triangle(int Corners = 3) : IFigure;
