using System.Collections.ObjectModel;
using System.Text;

namespace Peers.Observability;

/// <summary>
/// Stands in a log for an exception whose text is not safe to write as it is: too long, or with line breaks or other harmful characters in
/// a message. An exception that quotes what a client sent can be one.
/// </summary>
/// <remarks>
/// An exception with harmless text is logged itself, so that providers see its type and everything in it. <see cref="Exception.Data"/> and
/// properties of its own are not examined: providers that write those out must bound them.
/// </remarks>
internal sealed class LoggedException : Exception
{
    /// <summary>The longest message that is logged in full, in UTF-16 code units.</summary>
    public const int MaxMessageLength = 1024;

    /// <summary>The longest text with all stack traces that is logged in full, in UTF-16 code units.</summary>
    public const int MaxLength = 16 * 1024;

    // Further causes are left out.
    private const int MaxCauses = 8;

    private readonly string _text;

    private LoggedException(Exception original) : base($"{original.GetType()}: {MessageOf(original)}")
    {
        Original = original;
        var text = new StringBuilder();
        Describe(original, text, MaxCauses);
        _text = Bound(text.ToString());
        StackTrace = Bound(LogText.CleanLines(original.StackTrace ?? ""));
    }

    /// <summary>The exception itself. Not public, so that providers that write out all properties do not find it.</summary>
    internal Exception Original { get; }

    public override string StackTrace { get; }

    /// <summary>The exception as it is, where its text is safe to log; else one with the same text made safe.</summary>
    public static Exception? From(Exception? exception) =>
        exception is null || IsSafe(exception) ? exception : new LoggedException(exception);

    public override string ToString() => _text;

    // Messages and ToString are foreign code.
    private static bool IsSafe(Exception exception)
    {
        try
        {
            if (!HasSafeMessages(exception, MaxCauses)) return false;
            return exception.ToString() is { Length: <= MaxLength } text && LogText.IsClean(text, keepsLineBreaks: true);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static bool HasSafeMessages(Exception exception, int causes)
    {
        if (causes == 0 || exception.Message is not { Length: <= MaxMessageLength } message || !LogText.IsClean(message)) return false;
        return CausesOf(exception).All(cause => HasSafeMessages(cause, causes - 1));
    }

    private static void Describe(Exception exception, StringBuilder text, int causes)
    {
        text.Append(exception.GetType()).Append(": ").Append(MessageOf(exception));
        foreach (var cause in causes > 1 ? CausesOf(exception) : ReadOnlyCollection<Exception>.Empty)
        {
            Describe(cause, text.Append(Environment.NewLine).Append(" ---> "), causes - 1);
            text.Append(Environment.NewLine).Append("   --- End of inner exception stack trace ---");
            if (text.Length > MaxLength) return;
        }

        if (exception.StackTrace is { } trace) text.Append(Environment.NewLine).Append(LogText.CleanLines(trace));
    }

    private static ReadOnlyCollection<Exception> CausesOf(Exception exception)
    {
        if (exception is AggregateException many) return many.InnerExceptions;
        return exception.InnerException is { } one ? new([one]) : ReadOnlyCollection<Exception>.Empty;
    }

    private static string MessageOf(Exception exception)
    {
        try
        {
            return LogText.Clean(exception.Message, MaxMessageLength);
        }
        catch (Exception thrown)
        {
            return $"(its message threw {thrown.GetType()})";
        }
    }

    private static string Bound(string text) =>
        text.Length <= MaxLength ? text : $"{LogText.Cut(text, MaxLength)}… ({text.Length} characters)";
}
