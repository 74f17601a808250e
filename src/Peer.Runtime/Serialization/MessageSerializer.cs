using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Peers;

/// <summary>Messages to UTF-8 and back, outside any connection: for tests, files, queues and caches. The wire is the same.</summary>
/// <remarks>Safe from any thread.</remarks>
public static class MessageSerializer
{
    // Most messages fit; the others are gathered aside and copied.
    private const int RoomOfMost = 512;

    /// <summary>The options under which System.Text.Json reads and writes what messages do; its converters in messages get them, unless <see cref="MessageContextAttribute{TContext}"/> gives others.</summary>
    /// <remarks>They know no types, so that nothing of them needs reflection: copy them and set a resolver to use them elsewhere.</remarks>
    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>Writes a message as one JSON object, <c>type</c> first; nothing where it throws.</summary>
    /// <exception cref="InvalidOperationException">A member that is not nullable is null, or the message is deeper than 64 levels.</exception>
    /// <exception cref="ArgumentException">A number is infinite or not a number.</exception>
    public static void Write<T>(IBufferWriter<byte> destination, in T message) where T : IMessage<T>
    {
        var writer = new MessageWriter(destination.GetSpan(RoomOfMost));
        T.Write(ref writer, in message);
        writer.Complete(destination);
    }

    /// <summary>A message as one JSON object, <c>type</c> first.</summary>
    /// <inheritdoc cref="Write{T}(IBufferWriter{byte}, in T)" path="/exception"/>
    public static byte[] ToUtf8<T>(in T message) where T : IMessage<T>
    {
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in message);
            return buffer.PayloadSpan.ToArray();
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Reads a text that holds one message and nothing else.</summary>
    /// <param name="utf8">The text. Nothing of it is kept.</param>
    /// <param name="message">The message, where true is returned.</param>
    /// <param name="error">What is wrong with the text, where false is returned.</param>
    /// <returns>False where the text is not JSON, or is not this message. Nothing is thrown for what a text holds.</returns>
    public static bool TryRead<T>(ReadOnlySpan<byte> utf8, [MaybeNullWhen(false)] out T message, out MessageReadError error) where T : IMessage<T>
    {
        var reader = new MessageReader(utf8);
        var isRead = TryRead(ref reader, out message);
        error = reader.Error;
        return isRead;
    }

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = JsonText.MaxDepth,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(),
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Reads the one message that the reader's text holds.</summary>
    internal static bool TryRead<T>(ref MessageReader reader, [MaybeNullWhen(false)] out T message) where T : IMessage<T> =>
        T.TryRead(ref reader, out message) && reader.TryReadEnd();
}
