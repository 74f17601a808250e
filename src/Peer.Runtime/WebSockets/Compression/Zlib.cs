using System.Runtime.InteropServices;

namespace Peers.WebSockets;

/// <summary>The zlib that the runtime ships for its own streams. Its exports are not documented: see <see cref="DeflateCodec.Default"/>.</summary>
/// <remarks>Arguments are blittable, so no marshalling code is needed, and none that is unsafe; Native AOT links it statically.</remarks>
internal static class Zlib
{
    public const int NoFlush = 0;
    public const int SyncFlush = 2;
    public const int FullFlush = 3;

    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int BufferError = -5;

    private const string Library = "libSystem.IO.Compression.Native";
    private const int Deflated = 8;
    private const int DefaultMemLevel = 8;
    private const int DefaultStrategy = 0;

    /// <summary>Begins a raw deflater; negative window bits are zlib's way to say raw.</summary>
    public static int BeginDeflate(ref ZStream stream, int level, int windowBits) =>
        DeflateInit2(ref stream, level, Deflated, -windowBits, DefaultMemLevel, DefaultStrategy);

    /// <summary>Begins a raw inflater.</summary>
    public static int BeginInflate(ref ZStream stream, int windowBits) => InflateInit2(ref stream, -windowBits);

    /// <summary>Takes a raw inflater back to its beginning.</summary>
    public static int ResetInflate(ref ZStream stream, int windowBits) => InflateReset2(ref stream, -windowBits);

    [DllImport(Library, EntryPoint = "CompressionNative_Deflate")]
    public static extern int Deflate(ref ZStream stream, int flush);

    [DllImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    public static extern int EndDeflate(ref ZStream stream);

    [DllImport(Library, EntryPoint = "CompressionNative_Inflate")]
    public static extern int Inflate(ref ZStream stream, int flush);

    [DllImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    public static extern int EndInflate(ref ZStream stream);

    [DllImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    private static extern int DeflateInit2(ref ZStream stream, int level, int method, int windowBits, int memLevel, int strategy);

    [DllImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    private static extern int InflateInit2(ref ZStream stream, int windowBits);

    [DllImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    private static extern int InflateReset2(ref ZStream stream, int windowBits);
}

/// <summary>Input, output and hidden state of a deflater or inflater, as the runtime's shim lays them out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZStream
{
    public nint NextIn;
    public nint NextOut;
    public nint Error;
    public nint State;
    public uint AvailableIn;
    public uint AvailableOut;
}

/// <summary>Bytes that stay where they are, so that native code can be told their address without unsafe code.</summary>
internal sealed class PinnedBytes
{
    /// <summary>How many they are. Longer data passes through in pieces; to copy them costs a hundredth of what happens to them.</summary>
    public const int Size = 16 * 1024;

    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(Bytes, 0);
}
