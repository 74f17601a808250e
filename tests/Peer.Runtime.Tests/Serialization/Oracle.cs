using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Peers.Tests;

/// <summary>System.Text.Json under the options that the wire is defined by.</summary>
internal static partial class Oracle
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 64,
        Converters = { new PeerIdConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { PassRawJson, NameTypes } },
        AllowOutOfOrderMetadataProperties = true,
    };

    private static readonly JsonSerializerOptions s_form = new(Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>What the oracle makes of a value, <c>type</c> put in front.</summary>
    public static string Write<T>(T message) where T : IMessage<T>
    {
        var json = JsonSerializer.Serialize(message, Options);
        var type = $"{{\"type\":{JsonSerializer.Serialize(T.Type, Options)}";
        return json == "{}" ? type + "}" : $"{type},{json[1..]}";
    }

    /// <summary>A value in one form, so that two can be compared whatever the order of their members.</summary>
    public static JsonNode? Form<T>(T value) => JsonSerializer.SerializeToNode(value, s_form);

    /// <summary>Whether a value has that form: JSON that is kept as it is may hold half a surrogate pair.</summary>
    public static bool HasForm<T>(T value)
    {
        try
        {
            Form(value);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What the oracle reads, or null where it refuses.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> utf8, out T? value)
    {
        value = default;
        try
        {
            value = JsonSerializer.Deserialize<T>(utf8, Options);
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (Exception refusal) when (refusal is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            // A converter's own way to refuse, or an object that does not say which message it is.
            return false;
        }
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // [RawJson] is ours.
    private static void PassRawJson(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            var isMarked = property.AttributeProvider?.IsDefined(typeof(RawJsonAttribute), inherit: false) == true
                || property.AssociatedParameter?.AttributeProvider?.IsDefined(typeof(RawJsonAttribute), inherit: false) == true;
            if (isMarked) property.CustomConverter = property.PropertyType == typeof(ReadOnlyMemory<byte>?) ? new MaybeRawJsonConverter() : new RawJsonConverter();
        }
    }

    // What stands for several messages.
    private static void NameTypes(JsonTypeInfo type)
    {
        if (!(type.Type.IsInterface || type.Type.IsAbstract) || !type.Type.IsDefined(typeof(MessageAttribute), inherit: false)) return;

        type.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = "type" };
        foreach (var message in Held(type.Type)) type.PolymorphismOptions.DerivedTypes.Add(new(message, (string)s_nameOf.MakeGenericMethod(message).Invoke(null, null)!));
    }

    /// <summary>The messages that a type stands for.</summary>
    public static IEnumerable<Type> Held(Type union) =>
        union.Assembly.GetTypes().Where(t => union.IsAssignableFrom(t) && !t.IsInterface && !t.IsAbstract && t.IsDefined(typeof(MessageAttribute), inherit: false));

    private static readonly System.Reflection.MethodInfo s_nameOf = ((Func<string>)NameOf<NoMembers>).Method.GetGenericMethodDefinition();

    private static string NameOf<T>() where T : IMessage<T> => T.Type;

    private sealed class RawJsonConverter : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteRawValue(value.Span);
    }

    private sealed class MaybeRawJsonConverter : JsonConverter<ReadOnlyMemory<byte>?>
    {
        private static readonly RawJsonConverter s_present = new();

        public override ReadOnlyMemory<byte>? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => s_present.Read(ref reader, type, options);

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte>? value, JsonSerializerOptions options) => s_present.Write(writer, value!.Value, options);
    }

    private sealed class PeerIdConverter : JsonConverter<PeerId>
    {
        public override PeerId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            PeerId.TryParse(reader.GetString(), null, out var id) ? id : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, PeerId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
