namespace Peers.Generators;

/// <summary>The attributes of System.Text.Json that messages honour, or refuse.</summary>
internal static class JsonNames
{
    public const string Constructor = "System.Text.Json.Serialization.JsonConstructorAttribute";
    public const string Converter = "System.Text.Json.Serialization.JsonConverterAttribute";
    public const string DerivedType = "System.Text.Json.Serialization.JsonDerivedTypeAttribute";
    public const string ExtensionData = "System.Text.Json.Serialization.JsonExtensionDataAttribute";
    public const string Ignore = "System.Text.Json.Serialization.JsonIgnoreAttribute";
    public const string Include = "System.Text.Json.Serialization.JsonIncludeAttribute";
    public const string NumberHandling = "System.Text.Json.Serialization.JsonNumberHandlingAttribute";
    public const string PropertyName = "System.Text.Json.Serialization.JsonPropertyNameAttribute";
    public const string Required = "System.Text.Json.Serialization.JsonRequiredAttribute";

    public const string SetsRequiredMembers = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";
}
