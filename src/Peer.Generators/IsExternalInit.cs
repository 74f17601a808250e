namespace System.Runtime.CompilerServices;

/// <summary>Lets records have init properties on netstandard2.0, which is what the compiler host loads.</summary>
internal static class IsExternalInit;
