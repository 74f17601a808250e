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

    [Fact]
    public void What_was_not_checked_throws_without_showing_the_value()
    {
        var error = Assert.Throws<FormatException>(() => RouteValue.Read<int>("secret"));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
