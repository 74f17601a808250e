using System.Text;
using FsCheck.Xunit;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

public sealed class Utf8ValidatorTests
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The bytes at both ends of every range that may follow a lead byte: if none of them leads to a whole text, none at all does.
    private static readonly byte[] s_continuations = [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF];

    // One byte of each class that table 3-7 of the Unicode standard tells apart, and their neighbours.
    private static readonly byte[] s_telling =
    [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
        0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF,
    ];

    [Fact]
    public void Every_pair_of_bytes_is_judged_as_by_Encoding()
    {
        for (int pair = 0; pair <= ushort.MaxValue; pair++) AssertJudgedAsByEncoding([(byte)(pair >> 8), (byte)pair]);
    }

    [Fact]
    public void Every_four_telling_bytes_are_judged_as_by_Encoding()
    {
        foreach (byte a in s_telling)
            foreach (byte b in s_telling)
                foreach (byte c in s_telling)
                    foreach (byte d in s_telling) AssertIsWholeAsByEncoding([a, b, c, d]);
    }

    [Fact]
    public void Every_code_point_is_valid_and_cannot_be_cut_short()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value)) continue;
            int length = new Rune(value).EncodeToUtf8(bytes);
            for (int cut = 0; cut <= length; cut++)
            {
                if (!IsCutCleanly(bytes[..length], cut)) Assert.Fail($"U+{value:X4} cut at {cut} is misjudged.");
            }
        }
    }

    [Property(MaxTest = 2000)]
    public void Telling_bytes_in_any_pieces_are_judged_as_by_Encoding(byte[] picks, byte[] sizes)
    {
        byte[] bytes = [.. picks.Select(pick => s_telling[pick % s_telling.Length])];
        Assert.Equal(Appended([bytes]), Appended(Pieces(bytes, sizes)));
        AssertIsWholeAsByEncoding(bytes);
    }

    [Property(MaxTest = 1000)]
    public void Real_text_with_a_spoilt_byte_is_judged_as_by_Encoding(string? text, byte spoilt, int at)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{text}é€😀");
        bytes[(int)((uint)at % (uint)bytes.Length)] = spoilt;
        AssertJudgedAsByEncoding(bytes);
    }

    [Property(MaxTest = 500)]
    public void Rune_and_Encoding_agree_so_that_either_may_judge(byte[] picks)
    {
        byte[] bytes = [.. picks.Take(5).Select(pick => s_telling[pick % s_telling.Length])];
        bool isText = Record.Exception(() => s_strict.GetCharCount(bytes)) is null;
        Assert.Equal(isText, IsText(bytes));
    }

    [Fact]
    public void Ascii_that_was_checked_elsewhere_completes_nothing()
    {
        var validator = new Utf8Validator();
        Assert.True(validator.TryAppendAscii(isEmpty: false));
        Assert.True(validator.TryAppend([0xC3]));
        Assert.True(validator.TryAppendAscii(isEmpty: true));
        Assert.False(validator.TryAppendAscii(isEmpty: false));
    }

    private static bool IsCutCleanly(ReadOnlySpan<byte> bytes, int cut)
    {
        var validator = new Utf8Validator();
        return validator.TryAppend(bytes[..cut])
            && validator.IsComplete == (cut == 0 || cut == bytes.Length)
            && validator.TryAppend(bytes[cut..])
            && validator.IsComplete;
    }

    // Byte by byte it must fail exactly where no continuation is left, and be complete exactly where Encoding takes the text.
    private static void AssertJudgedAsByEncoding(byte[] bytes)
    {
        var validator = new Utf8Validator();
        for (int length = 1; length <= bytes.Length; length++)
        {
            bool isViable = CanBecomeText(bytes.AsSpan(0, length), lacking: 3);
            if (isViable != validator.TryAppend(bytes.AsSpan(length - 1, 1))) Assert.Fail($"Misjudged: {Convert.ToHexString(bytes, 0, length)}");
            if (!isViable) break;
            if (validator.IsComplete != IsText(bytes.AsSpan(0, length))) Assert.Fail($"Completeness misjudged: {Convert.ToHexString(bytes, 0, length)}");
        }
        AssertIsWholeAsByEncoding(bytes);
    }

    private static void AssertIsWholeAsByEncoding(byte[] bytes)
    {
        if (Appended([bytes]) != IsText(bytes)) Assert.Fail($"Misjudged as a whole: {Convert.ToHexString(bytes)}");
    }

    private static bool Appended(IEnumerable<byte[]> pieces)
    {
        var validator = new Utf8Validator();
        foreach (byte[] piece in pieces)
        {
            if (!validator.TryAppend(piece)) return false;
        }
        return validator.IsComplete;
    }

    private static IEnumerable<byte[]> Pieces(byte[] bytes, byte[] sizes)
    {
        int start = 0;
        foreach (byte size in sizes)
        {
            int end = Math.Min(start + (size % 8), bytes.Length);
            yield return bytes[start..end];
            start = end;
        }
        yield return bytes[start..];
    }

    private static bool CanBecomeText(ReadOnlySpan<byte> bytes, int lacking)
    {
        if (IsText(bytes)) return true;
        if (lacking == 0) return false;
        foreach (byte next in s_continuations)
        {
            if (CanBecomeText([.. bytes, next], lacking - 1)) return true;
        }
        return false;
    }

    // Rune and not the strict encoding, whose exceptions would take minutes; a property above compares the two.
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out _, out int consumed) != System.Buffers.OperationStatus.Done) return false;
            bytes = bytes[consumed..];
        }
        return true;
    }
}
