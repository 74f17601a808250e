namespace Peers.Tests;

/// <summary>A member that is not on the wire keeps the value that its type gives it, however the type does that.</summary>
public sealed class InitialValueTests
{
    // An init property of a generic class used to be set by an accessor for the constructed class, which the runtime does not find.
    [Theory]
    [InlineData("public sealed class Part<T> { public List<T> Items { get; init; } = []; public int Size { get; init; } = 20; }", "Part<int>")]
    [InlineData("public sealed record Part<T>(List<T> Items) { public int Size { get; init; } = 20; }", "Part<int>")]
    [InlineData("public abstract class Base<T> { public List<T> Items { get; init; } = []; public int Size { get; init; } = 20; } public sealed class Part : Base<int>;", "Part")]
    [InlineData("public class Base<T> where T : struct, IComparable<T> { public List<T> Items { get; init; } = []; } public sealed class Part<U> : Base<int> where U : class, new() { public int Size { get; init; } = 20; }", "Part<List<Dictionary<string, int>>>")]
    [InlineData("public class Out<T> where T : notnull { public sealed class Part<U> where U : List<T>, new() { public U Items { get; init; } = new(); public int Size { get; init; } = 20; } }", "Out<int>.Part<List<int>>")]
    [InlineData("public class Out<T> { public sealed class Part { public List<T> Items { get; init; } = []; public int Size { get; init; } = 20; } }", "Out<int>.Part")]
    [InlineData("public struct Part<T>() { public List<T> Items { get; init; } = []; public int Size { get; init; } = 20; }", "Part<int>")]
    public void An_init_property_of_a_generic_type(string declaration, string type) => Assert.Equal("20 1", Generated.Run($$$"""
        public static class Program
        {
            public static string Run() => MessageSerializer.TryRead<Found>("{\"type\":\"found\",\"part\":{\"items\":[1]}}"u8, out var found, out var error)
                && MessageSerializer.TryRead<Found>("{\"type\":\"found\",\"part\":{\"size\":3,\"items\":[1]}}"u8, out var other, out _)
                && other.Part.Size == 3 ? $"{found.Part.Size} {found.Part.Items.Count}" : error.ToString();
        }
        {{{declaration}}}
        [Message] public sealed partial record Found({{{type}}} Part);
        """));

    [Theory]
    [InlineData("public sealed partial class Found<T> { public int Size { get; init; } = 20; public Part<int, string> Part { get; init; } = new(); } ", "Found<int>")]
    [InlineData("public sealed partial class Found<T, U> where T : struct where U : class { public int Size { get; init; } = 20; public Part<int?, List<string>> Part { get; init; } = new(); }", "Found<int, string>")]
    public void An_init_property_of_a_generic_message(string declaration, string type) => Assert.Equal("20 5", Generated.Run($$$"""
        namespace Shop
        {
            public sealed class Part<T, U> { public List<T> Items { get; init; } = []; public List<U> Others { get; init; } = []; public int Size { get; init; } = 5; }
            [Message] {{{declaration}}}
        }
        public static class Program
        {
            public static string Run() => MessageSerializer.TryRead<Shop.{{{type}}}>("{\"type\":\"found\",\"part\":{\"items\":[]}}"u8, out var found, out var error)
                ? $"{found.Size} {found.Part.Size}" : error.ToString();
        }
        """));

    [Fact]
    public void An_init_property_of_a_private_class_inside_a_message() => Assert.Equal("20", Generated.Run("""
        public static class Program
        {
            public static string Run() => MessageSerializer.TryRead<Found>("{\"type\":\"found\",\"part\":{}}"u8, out var found, out var error) ? found.Size.ToString() : error.ToString();
        }
        [Message] public sealed partial class Found
        {
            private sealed class Inner<T> { public T[] Items { get; init; } = []; public int Size { get; init; } = 20; }
            [System.Text.Json.Serialization.JsonInclude] private Inner<int> Part { get; set; } = new();
            [System.Text.Json.Serialization.JsonIgnore] public int Size => Part.Size;
        }
        """));

    // Such a property used to be set to the default of its type with the object, where it was not on the wire.
    [Theory]
    [InlineData("public sealed partial class Settings { private int _limit = 10; public partial int Limit { get; set; } } public sealed partial class Settings { public partial int Limit { get => _limit; set => _limit = value; } }")]
    [InlineData("public sealed partial class Settings { public partial int Limit { get => _limit; init => _limit = value; } private int _limit = 10; } public sealed partial class Settings { public partial int Limit { get; init; } }")]
    [InlineData("public sealed partial class Settings { public partial int Limit { get; set; } } partial class Settings { public partial int Limit { get => field; set => field = value; } = 10; }")]
    [InlineData("public sealed partial class Settings : Limited { public override int Limit { get; set; } } public abstract class Limited { protected Limited() => Limit = 10; public abstract int Limit { get; set; } }")]
    [InlineData("public sealed partial record Settings : Limited { public override int Limit { get; init; } } public abstract record Limited { protected Limited() => Set(10); protected void Set(int n) => typeof(Settings).GetProperty(\"Limit\")!.SetValue(this, n); public abstract int Limit { get; init; } }")]
    [InlineData("public sealed partial class Settings : Middle { public int Limit { get; set; } protected override void Start() => Limit = 10; } public abstract class Middle : Top; public abstract class Top { protected Top() => Start(); protected abstract void Start(); }")]
    [InlineData("public sealed partial class Settings(string? name = null) : Limited(10) { public string? Name { get; } = name; public override int Limit { get; set; } } public abstract class Limited { protected Limited(int limit) => Limit = limit; public abstract int Limit { get; set; } }")]
    [InlineData("public sealed partial class Settings { public Settings() => Limit = 10; public int Limit { get; set; } }")]
    [InlineData("public partial struct Settings { public Settings() => Limit = 10; public int Limit { get; set; } }")]
    public void A_value_that_is_not_an_initializer_of_its_property(string declaration) => Assert.Equal("10 3", Generated.Run($$$"""
        public static class Program
        {
            public static string Run() => MessageSerializer.TryRead<Settings>("{\"type\":\"settings\"}"u8, out var settings, out var error)
                && MessageSerializer.TryRead<Settings>("{\"type\":\"settings\",\"limit\":3}"u8, out var other, out error)
                ? $"{settings.Limit} {other.Limit}" : error.ToString();
        }
        [Message] {{{declaration}}}
        """));
}
