namespace Peers.Tests;

public sealed class RouteValueTests
{
    [Theory]
    [InlineData("42", true)]
    [InlineData("-1", true)]
    [InlineData("4.2", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_number_is_checked(string? text, bool isNumber) => Assert.Equal(isNumber, RouteValue.CanRead<int>(text));

    [Fact]
    public void A_number_is_read_in_the_invariant_culture()
    {
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
            Assert.Equal(1.5, RouteValue.Read<double>("1.5"));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void An_optional_value_may_be_missing_but_not_wrong()
    {
        Assert.True(RouteValue.CanReadOptional<int>(null));
        Assert.Null(RouteValue.ReadOptional<int>(null));
        Assert.Equal(3, RouteValue.ReadOptional<int>("3"));
        Assert.False(RouteValue.CanReadOptional<int>("x"));
    }

    [Fact]
    public void An_enum_is_read_by_name_whatever_the_case()
    {
        Assert.Equal(DayOfWeek.Friday, RouteValue.ReadEnum<DayOfWeek>("friday"));
        Assert.False(RouteValue.CanReadEnum<DayOfWeek>("someday"));
        Assert.False(RouteValue.CanReadEnum<DayOfWeek>(null));
        Assert.True(RouteValue.CanReadOptionalEnum<DayOfWeek>(null));
        Assert.Null(RouteValue.ReadOptionalEnum<DayOfWeek>(null));
    }

    // Numbers that no value has, and lists of values, used to pass and to reach hooks.
    [Theory]
    [InlineData("5", true)]
    [InlineData("Friday", true)]
    [InlineData(" friday ", true)]
    [InlineData("7", false)]
    [InlineData("-1", false)]
    [InlineData("1,2", false)]
    [InlineData("Monday,Tuesday", false)]
    [InlineData("Friday,", false)]
    [InlineData("99999999999", false)]
    [InlineData("", false)]
    public void An_enum_is_one_of_its_values(string text, bool isRead) => Assert.Equal(isRead, RouteValue.CanReadEnum<DayOfWeek>(text));

    [Theory]
    [InlineData("read,write", true)]
    [InlineData("3", true)]
    [InlineData("8", false)]
    [InlineData("9", false)]
    [InlineData("read,8", false)]
    [InlineData("0", false)]
    public void An_enum_of_flags_is_any_of_its_values(string text, bool isRead)
    {
        Assert.Equal(isRead, RouteValue.CanReadEnum<Rights>(text));
        if (!isRead) Assert.Throws<FormatException>(() => RouteValue.ReadEnum<Rights>(text));
    }

    [Flags]
    private enum Rights
    {
        Read = 1,
        Write = 2,
    }

    [Fact]
    public void What_was_not_checked_throws_without_showing_the_value()
    {
        var error = Assert.Throws<FormatException>(() => RouteValue.Read<int>("secret"));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
