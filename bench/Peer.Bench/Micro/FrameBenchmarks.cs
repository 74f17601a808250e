using BenchmarkDotNet.Attributes;
using Peers.WebSockets;

namespace Peers.Bench.Micro;

/// <summary>A frame that lies whole in what was read: its header, its mask and what it says, with nothing around it.</summary>
/// <remarks>The key is zero, so that what was unmasked in place can be read again; it takes as long as any other.</remarks>
public class FrameBenchmarks
{
    private readonly MessageAssembler _assembler = new(expectMasked: true, maxMessageSize: 64 * 1024, maxFragments: 16);
    private byte[] _text = [];
    private byte[] _binary = [];
    private byte[] _utf8 = [];

    /// <summary>Bytes of payload.</summary>
    [Params(20, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _text = Frame(Opcode.Text, Enumerable.Repeat((byte)'x', Size));
        _binary = Frame(Opcode.Binary, Enumerable.Repeat((byte)'x', Size));
        _utf8 = Frame(Opcode.Text, Enumerable.Range(0, Size / 2).SelectMany(_ => "é"u8.ToArray()));
    }

    [Benchmark]
    public int Binary() => Read(_binary);

    [Benchmark(Description = "Text, ASCII")]
    public int Text() => Read(_text);

    [Benchmark(Description = "Text, two bytes a letter")]
    public int LettersOfTwoBytes() => Read(_utf8);

    [Benchmark(Description = "The mask alone")]
    public bool Mask() => Masking.Apply(_binary.AsSpan(^Size..), 0x3d21fa37);

    [GlobalCleanup]
    public void CleanUp() => _assembler.Dispose();

    private int Read(byte[] frame)
    {
        var offset = 0;
        _assembler.Read(frame, ref offset, out var payload);
        return payload.Length;
    }

    private static byte[] Frame(Opcode opcode, IEnumerable<byte> payload)
    {
        byte[] bytes = [.. payload];
        var header = new byte[FrameWriter.MaxHeaderLength];
        var length = FrameWriter.WriteHeader(header, opcode, fin: true, bytes.Length);
        header[1] |= 0x80;
        return [.. header[..length], 0, 0, 0, 0, .. bytes];
    }
}
