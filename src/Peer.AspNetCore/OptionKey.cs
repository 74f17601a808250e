using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Peers;

/// <summary>One key of a section of the configuration: what it is called, and what may stand there.</summary>
internal sealed class OptionKey
{
    private readonly string _name;
    private readonly string _expected;

    // One of the three is set: how a value is checked, the keys of a group, or neither for a list.
    private readonly Func<string, bool>? _isValue;
    private readonly OptionKey[]? _keys;

    private OptionKey(string name, string expected, Func<string, bool>? isValue = null, OptionKey[]? keys = null) =>
        (_name, _expected, _isValue, _keys) = (name, expected, isValue, keys);

    /// <summary>A whole number.</summary>
    public static OptionKey Number(string name) => new(
        name,
        "a whole number of at most 2,147,483,647 without separators, such as 1000",
        static text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));

    /// <summary>A length of time. A number alone would count days, which is hardly ever meant.</summary>
    public static OptionKey Time(string name) => new(
        name,
        "a time as hours:minutes:seconds, such as 00:00:30, or -00:00:00.001 for infinite",
        static text => text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _));

    /// <summary>True or false.</summary>
    public static OptionKey Switch(string name) => new(name, "true or false", static text => bool.TryParse(text, out _));

    /// <summary>The name of a value of an enum, whatever the case.</summary>
    public static OptionKey Name<T>(string name) where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return new(name, $"one of {string.Join(", ", names)}", text => names.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A list of texts.</summary>
    public static OptionKey List(string name) => new(name, $"a list, such as [\"…\"] in JSON, or the key {name}:0 for its first element");

    /// <summary>Keys of its own.</summary>
    public static OptionKey Group(string name, params OptionKey[] keys) =>
        new(name, $"keys of its own: {NamesOf(keys)}", keys: keys);

    /// <summary>Adds a sentence for each fault in a section that this key stands for.</summary>
    public void Check(IConfiguration configuration, List<string> faults)
    {
        var (value, path) = configuration is IConfigurationSection section ? (section.Value, section.Path) : (null, "");
        if (_keys is not null) CheckGroup(configuration, value, path, faults);
        else if (_isValue is not null) CheckValue(configuration, value, path, faults);
        else CheckList(configuration, value, path, faults);
    }

    private void CheckGroup(IConfiguration configuration, string? value, string path, List<string> faults)
    {
        if (value is not null) faults.Add($"{path} has the value '{value}', but takes {_expected}.");
        foreach (var child in configuration.GetChildren())
        {
            if (Find(child.Key) is { } key) key.Check(child, faults);
            else faults.Add($"{child.Path} is no option: {_name} has no '{child.Key}'. It has {NamesOf(_keys!)}.");
        }
    }

    private static string NamesOf(OptionKey[] keys) => string.Join(", ", keys.Select(static key => key._name));

    private OptionKey? Find(string name) => Array.Find(_keys!, key => string.Equals(key._name, name, StringComparison.OrdinalIgnoreCase));

    private void CheckValue(IConfiguration configuration, string? value, string path, List<string> faults)
    {
        if (configuration.GetChildren().Any()) faults.Add($"{path} has keys below it, but takes {_expected}.");
        else if (string.IsNullOrWhiteSpace(value)) faults.Add($"{path} has no value. It takes {_expected}.");
        else if (!_isValue!(value)) faults.Add($"{path} has the value '{value}', but takes {_expected}.");
    }

    // An empty list of a JSON file has the empty text for a value. It does not remove the elements that another source of the configuration
    // has.
    private void CheckList(IConfiguration configuration, string? value, string path, List<string> faults)
    {
        var isEmptyList = value is "" && !configuration.GetChildren().Any();
        if (value is not null && !isEmptyList) faults.Add($"{path} has the value '{value}', but takes {_expected}.");
        foreach (var element in configuration.GetChildren())
        {
            const string Element = "but is an element of a list of texts.";
            if (element.GetChildren().Any()) faults.Add($"{element.Path} has keys below it, {Element}");
            else if (string.IsNullOrWhiteSpace(element.Value)) faults.Add($"{element.Path} has no value, {Element}");
        }
    }
}
