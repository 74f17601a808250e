namespace Peers.Generators;

/// <summary>The attributes and types of System.Text.Json that messages honour, or refuse.</summary>
internal static class JsonNames
{
    public const string Constructor = "System.Text.Json.Serialization.JsonConstructorAttribute";
    public const string Converter = "System.Text.Json.Serialization.JsonConverterAttribute";
    public const string CreationHandling = "System.Text.Json.Serialization.JsonObjectCreationHandlingAttribute";
    public const string DerivedType = "System.Text.Json.Serialization.JsonDerivedTypeAttribute";
    public const string ExtensionData = "System.Text.Json.Serialization.JsonExtensionDataAttribute";
    public const string Ignore = "System.Text.Json.Serialization.JsonIgnoreAttribute";
    public const string Include = "System.Text.Json.Serialization.JsonIncludeAttribute";
    public const string MemberName = "System.Text.Json.Serialization.JsonStringEnumMemberNameAttribute";
    public const string NumberHandling = "System.Text.Json.Serialization.JsonNumberHandlingAttribute";
    public const string Polymorphic = "System.Text.Json.Serialization.JsonPolymorphicAttribute";
    public const string PropertyName = "System.Text.Json.Serialization.JsonPropertyNameAttribute";
    public const string PropertyOrder = "System.Text.Json.Serialization.JsonPropertyOrderAttribute";
    public const string Required = "System.Text.Json.Serialization.JsonRequiredAttribute";
    public const string UnmappedMembers = "System.Text.Json.Serialization.JsonUnmappedMemberHandlingAttribute";

    public const string ConverterOfT = "System.Text.Json.Serialization.JsonConverter<T>";
    public const string ConverterFactory = "System.Text.Json.Serialization.JsonConverterFactory";
    public const string EnumConverter = "System.Text.Json.Serialization.JsonStringEnumConverter";
    public const string EnumConverterOfT = "System.Text.Json.Serialization.JsonStringEnumConverter<TEnum>";

    public static readonly string[] Callbacks =
    [
        "System.Text.Json.Serialization.IJsonOnDeserialized", "System.Text.Json.Serialization.IJsonOnDeserializing",
        "System.Text.Json.Serialization.IJsonOnSerialized", "System.Text.Json.Serialization.IJsonOnSerializing",
    ];

    public const string SetsRequiredMembers = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";
}
