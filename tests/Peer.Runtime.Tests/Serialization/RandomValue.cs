using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers.Tests;

/// <summary>Makes values of any shape, the odd ones more often than chance would. The same seed gives the same values.</summary>
internal sealed class RandomValue(int seed)
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private readonly Random _random = new(seed);
    private int _depth;
    private bool _hasNamedReals;

    public T Of<T>() => (T)Make(typeof(T), canBeNull: false)!;

    public string Text()
    {
        var text = new StringBuilder();
        var length = _random.Next(8) switch { 0 => 0, 1 => _random.Next(200), _ => _random.Next(24) };
        var odd = _random.Next(4);
        while (text.Length < length) text.Append(odd == 0 || _random.Next(12) < odd - 1 ? OddText() : ((char)_random.Next(' ', '\x7F')).ToString());
        return text.ToString();
    }

    private string OddText() => _random.Next(9) switch
    {
        0 => "\"",
        1 => "\\",
        2 => ((char)_random.Next(0, 32)).ToString(),
        3 => "é",
        4 => ((char)_random.Next(0x80, 0xD800)).ToString(),
        5 => char.ConvertFromUtf32(_random.Next(0x10000, 0x110000)),
        6 => "\u2028\u00A0\x7F\uFEFF",
        7 => "</script>&'+`",
        _ => ((char)_random.Next(0xE000, 0x10000)).ToString(),
    };

    private object? Make(Type type, bool canBeNull)
    {
        if (canBeNull && (_depth > 3 || _random.Next(3) == 0)) return null;
        if (Nullable.GetUnderlyingType(type) is { } present) return _random.Next(3) == 0 ? null : Make(present, false);
        if (type.IsEnum) return _random.Next(3) > 0 ? Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length)) : Enum.ToObject(type, Make(Enum.GetUnderlyingType(type), false)!);
        if (Scalar(type) is { } scalar) return scalar;
        if (type.IsArray) return MakeItems(type.GetElementType()!, canBeNull: false);
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return MakeCollection(type);
        if (!type.IsAbstract) return MakeObject(type);

        var held = Oracle.Held(type).Where(t => _depth < 4 || !t.GetProperties().Any(p => p.PropertyType.IsGenericType)).OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        return MakeObject(held[_random.Next(held.Length)]);
    }

    private object? Scalar(Type type)
    {
        if (type == typeof(string)) return Text();
        if (type == typeof(char)) return (char)_random.Next(1, 0xD800);
        if (type == typeof(bool)) return _random.Next(2) == 0;
        if (type == typeof(byte)) return (byte)Bits();
        if (type == typeof(sbyte)) return (sbyte)Bits();
        if (type == typeof(short)) return (short)Bits();
        if (type == typeof(ushort)) return (ushort)Bits();
        if (type == typeof(int)) return (int)Bits();
        if (type == typeof(uint)) return (uint)Bits();
        if (type == typeof(long)) return (long)Bits();
        if (type == typeof(ulong)) return (ulong)Bits();
        if (type == typeof(Int128)) return new Int128((ulong)Bits(), (ulong)Bits());
        if (type == typeof(UInt128)) return new UInt128((ulong)Bits(), (ulong)Bits());
        if (type == typeof(double)) return NamedReal() ?? Real();
        if (type == typeof(float)) return NamedReal() is { } named ? (float)named : _random.Next(2) == 0 ? (float)(_random.Next(-1000, 1000) / 8.0) : Finite(BitConverter.Int32BitsToSingle((int)Bits()));
        if (type == typeof(Half)) return NamedReal() is { } none ? (Half)none : (Half)_random.Next(-500, 500) / (Half)4;
        if (type == typeof(decimal)) return new decimal(_random.Next(), _random.Next(), _random.Next(3) == 0 ? _random.Next() : 0, _random.Next(2) == 0, (byte)_random.Next(29));
        if (type == typeof(Guid)) return new Guid((int)Bits(), (short)Bits(), (short)Bits(), BitConverter.GetBytes((ulong)Bits()));
        if (type == typeof(PeerId)) return PeerId.Parse(new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()).ToString("x32", null));
        if (type == typeof(DateTime)) return Moment(_random.Next(2) == 0 ? DateTimeKind.Utc : DateTimeKind.Unspecified);
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(Moment(DateTimeKind.Unspecified), TimeSpan.FromMinutes(_random.Next(4) == 0 ? 0 : _random.Next(-840, 841)));
        if (type == typeof(DateOnly)) return DateOnly.FromDateTime(Moment(DateTimeKind.Utc));
        if (type == typeof(TimeOnly)) return new TimeOnly(Moment(DateTimeKind.Utc).TimeOfDay.Ticks);
        if (type == typeof(TimeSpan)) return new TimeSpan(Bits());
        if (type == typeof(Uri)) return new Uri(_random.Next(2) == 0 ? "https://example.org/a?b=ü&c=\"d\"" : "../relative/" + _random.Next(), UriKind.RelativeOrAbsolute);
        if (type == typeof(Version)) return new Version(_random.Next(100), _random.Next(100), _random.Next(100));
        if (type == typeof(JsonElement)) return JsonElement.Parse(Json());
        // JSON whether it is marked as such or not.
        if (type == typeof(ReadOnlyMemory<byte>)) return (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Json());
        if (type == typeof(Memory<byte>)) return new Memory<byte>(Encoding.UTF8.GetBytes(Text()));
        if (type == typeof(byte[])) { var bytes = new byte[_random.Next(40)]; _random.NextBytes(bytes); return bytes; }
        return null;
    }

    // Small, at a border, or anything.
    private long Bits() => _random.Next(4) switch
    {
        0 => _random.Next(-20, 200),
        1 => (1L << _random.Next(64)) - _random.Next(3),
        2 => -(1L << _random.Next(64)) + _random.Next(3),
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };

    private double Real() => _random.Next(6) switch
    {
        0 => _random.Next(-100_000, 100_000) / 100.0,
        1 => _random.Next(-100, 100),
        2 => _random.NextDouble(),
        3 => _random.NextInt64() / Math.Pow(10, _random.Next(0, 30)),
        4 => -0.0,
        _ => double.IsFinite(BitConverter.Int64BitsToDouble(Bits())) ? BitConverter.Int64BitsToDouble(Bits() & 0x7FDF_FFFF_FFFF_FFFF) : 1e300,
    };

    private double? NamedReal() => !_hasNamedReals ? null : _random.Next(6) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, _ => null };

    private string Json() => _random.Next(_depth > 3 ? 5 : 8) switch
    {
        0 => "null",
        1 => "true",
        2 => Bits().ToString(System.Globalization.CultureInfo.InvariantCulture),
        3 => "-12.50E+3",
        4 => JsonSerializer.Serialize(Text(), Oracle.Options),
        5 => "[]",
        6 => $"[{JsonInside()},{JsonInside()}]",
        _ => $"{{{JsonSerializer.Serialize("a" + Text(), Oracle.Options)}:{JsonInside()},\"b\":{JsonInside()}}}",
    };

    private string JsonInside()
    {
        _depth++;
        var json = Json();
        _depth--;
        return json;
    }

    private static float Finite(float value) => float.IsFinite(value) ? value : 1.5f;

    private DateTime Moment(DateTimeKind kind)
    {
        var ticks = _random.NextInt64(TimeSpan.TicksPerDay * 2, DateTime.MaxValue.Ticks - (TimeSpan.TicksPerDay * 2));
        var unit = _random.Next(4) switch { 0 => TimeSpan.TicksPerSecond, 1 => TimeSpan.TicksPerMillisecond, 2 => TimeSpan.TicksPerMicrosecond, _ => 1 };
        return new DateTime(ticks / unit * unit, kind);
    }

    private Array MakeItems(Type item, bool canBeNull)
    {
        var items = Array.CreateInstance(item, _depth > 3 ? 0 : _random.Next(4));
        _depth++;
        for (var i = 0; i < items.Length; i++) items.SetValue(Make(item, canBeNull), i);
        _depth--;
        return items;
    }

    private object MakeCollection(Type type)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2) return MakeDictionary(type, arguments[1]);

        IList items = MakeItems(arguments[0], canBeNull: false);
        var name = type.GetGenericTypeDefinition().Name;
        if (name.Contains("Immutable", StringComparison.Ordinal)) return CreateRange(type, items);
        if (type.IsInterface && name.Contains("Set", StringComparison.Ordinal)) return Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(arguments[0]), items)!;
        if (type.IsInterface || name.Contains("Collection", StringComparison.Ordinal)) items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments[0]), items)!;
        return type.IsInterface ? items : Activator.CreateInstance(type, items)!;
    }

    private object MakeDictionary(Type type, Type item)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), item))!;
        foreach (var value in MakeItems(item, canBeNull: false)) dictionary[Text()] = value;
        if (type.Name.Contains("Immutable", StringComparison.Ordinal)) return CreateRange(type, dictionary);
        return type.IsAssignableFrom(dictionary.GetType()) ? dictionary : Activator.CreateInstance(type, dictionary)!;
    }

    private static object CreateRange(Type type, object items)
    {
        var name = type.GetGenericTypeDefinition().FullName!.Split('`')[0].Replace(".IImmutableSet", ".ImmutableHashSet", StringComparison.Ordinal).Replace(".IImmutable", ".Immutable", StringComparison.Ordinal);
        var maker = typeof(ImmutableArray).Assembly.GetType(name) ?? typeof(ImmutableQueue).Assembly.GetType(name)!;
        var arguments = type.GetGenericArguments();
        return maker.GetMethods()
            .First(m => m.Name == "CreateRange" && m.GetParameters() is [{ ParameterType.Name: "IEnumerable`1" }] && m.GetGenericArguments().Length == arguments.Length)
            .MakeGenericMethod(arguments)
            .Invoke(null, [items])!;
    }

    private object MakeObject(Type type)
    {
        _depth++;
        var hadNamedReals = _hasNamedReals;
        _hasNamedReals = type.GetCustomAttribute<JsonNumberHandlingAttribute>()?.Handling.HasFlag(JsonNumberHandling.AllowNamedFloatingPointLiterals) == true;
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        var arguments = constructor?.GetParameters().Select(p => Make(p.ParameterType, CanBeNull(s_nullability.Create(p)))).ToArray();
        var value = constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke(arguments);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(IsSet))
        {
            if (constructor?.GetParameters().Any(p => string.Equals(p.Name, property.Name, StringComparison.OrdinalIgnoreCase)) == true) continue;
            property.SetValue(value, Make(property.PropertyType, CanBeNull(s_nullability.Create(property))));
        }

        _hasNamedReals = hadNamedReals;
        _depth--;
        return value;
    }

    private static bool IsSet(PropertyInfo property) =>
        property.SetMethod is { } setter && property.GetIndexParameters().Length == 0 && (setter.IsPublic || property.IsDefined(typeof(JsonIncludeAttribute)));

    // A tree ends where it may.
    private static bool CanBeNull(NullabilityInfo info) => info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType;
}
