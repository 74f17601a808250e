using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Peers.Bench.Load;

/// <summary>What a client says in SignalR's MessagePack protocol: a length, then an array. Written here, so that the generator needs no library of SignalR's.</summary>
internal static class HubPack
{
    private const byte Invocation = 1;
    private const byte Completion = 3;
    private const byte NonVoid = 3;
    private const string Id = "1";

    private static readonly byte[] s_hello = Encoding.UTF8.GetBytes("""{"protocol":"messagepack","version":1}""" + '\x1e');
    private static readonly byte[] s_helloReply = Encoding.UTF8.GetBytes("{}" + '\x1e');

    public static Dialect Echo(string text) => Of("/echo", Call("echo", pack => pack.Text(text), Id), Complete(pack => pack.Text(text)));

    public static Dialect Say(string text) => Of("/fanout", Call("say", pack => pack.Text(text), id: null), Call("said", pack => pack.Text(text), id: null));

    public static Dialect Move(int tick, double x, double y)
    {
        return Of("/typed", Call("move", WriteMove, Id), Complete(WriteMove));

        void WriteMove(Pack pack)
        {
            pack.Map(3);
            pack.Text("Tick");
            pack.Number(tick);
            pack.Text("X");
            pack.Number(x);
            pack.Text("Y");
            pack.Number(y);
        }
    }

    private static Dialect Of(string path, byte[] request, byte[] reply) => new(path, request, reply, s_hello, s_helloReply, IsBinary: true);

    // [1, headers, id, target, arguments, streams]
    private static byte[] Call(string target, Action<Pack> argument, string? id) => Message(6, Invocation, pack =>
    {
        if (id is null) pack.Nil();
        else pack.Text(id);
        pack.Text(target);
        pack.Array(1);
        argument(pack);
        pack.Array(0);
    });

    // [3, headers, id, kind of result, result]
    private static byte[] Complete(Action<Pack> result) => Message(5, Completion, pack =>
    {
        pack.Text(Id);
        pack.Number(NonVoid);
        result(pack);
    });

    private static byte[] Message(int members, byte type, Action<Pack> rest)
    {
        var pack = new Pack();
        pack.Array(members);
        pack.Number(type);
        pack.Map(0);
        rest(pack);
        return [.. LengthPrefix(pack.Written.Length), .. pack.Written];
    }

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private static List<byte> LengthPrefix(int length)
    {
        List<byte> prefix = [];
        for (; length > 0x7f; length >>= 7) prefix.Add((byte)(length | 0x80));
        prefix.Add((byte)length);
        return prefix;
    }

    /// <summary>As much of MessagePack as is needed here: the shortest form of each value.</summary>
    private sealed class Pack
    {
        private readonly ArrayBufferWriter<byte> _output = new();

        public ReadOnlySpan<byte> Written => _output.WrittenSpan;

        public void Array(int count) => Bytes([(byte)(0x90 | count)]);

        public void Map(int count) => Bytes([(byte)(0x80 | count)]);

        public void Nil() => Bytes([0xc0]);

        public void Number(int value)
        {
            if (value <= 0x7f)
            {
                Bytes([(byte)value]);
                return;
            }

            var number = new byte[5];
            number[0] = 0xce;
            BinaryPrimitives.WriteInt32BigEndian(number.AsSpan(1), value);
            Bytes(number);
        }

        public void Number(double value)
        {
            var number = new byte[9];
            number[0] = 0xcb;
            BinaryPrimitives.WriteDoubleBigEndian(number.AsSpan(1), value);
            Bytes(number);
        }

        public void Text(string text)
        {
            if (text.Length < 0x20) Bytes([(byte)(0xa0 | text.Length)]);
            else if (text.Length <= byte.MaxValue) Bytes([0xd9, (byte)text.Length]);
            else Bytes([0xda, (byte)(text.Length >> 8), (byte)text.Length]);
            Bytes(Encoding.ASCII.GetBytes(text));
        }

        private void Bytes(ReadOnlySpan<byte> bytes) => _output.Write(bytes);
    }
}
