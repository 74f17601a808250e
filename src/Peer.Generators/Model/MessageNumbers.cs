namespace Peers.Generators;

/// <summary>How numbers may stand on the wire: <c>JsonNumberHandling</c>, with its values.</summary>
[Flags]
internal enum MessageNumbers
{
    /// <summary>As numbers only.</summary>
    Plain = 0,
    /// <summary>In quotes, too, where they are read.</summary>
    FromText = 1,
    /// <summary>In quotes where they are written.</summary>
    AsText = 2,
    /// <summary>As <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, in quotes.</summary>
    Named = 4,
}
