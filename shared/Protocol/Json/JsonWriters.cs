using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Realtime.Protocol.Json;

/// <summary>Keeps one JSON writer per thread, since a writer costs more than most messages that it writes.</summary>
internal static class JsonWriters
{
    // Our writing is checked by tests, not at run time. Browsers parse the text, they do not embed it into HTML, so
    // only what JSON itself requires is escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _cached;

    /// <summary>A writer to <paramref name="output"/>; to be given back by <see cref="Complete"/>.</summary>
    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        Utf8JsonWriter? writer = _cached;
        if (writer is null)
        {
            return new Utf8JsonWriter(output, Options);
        }

        _cached = null;
        writer.Reset(output);
        return writer;
    }

    /// <summary>Writes what is left and gives the writer back. A writer that is not given back is only lost.</summary>
    public static void Complete(Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset(Nowhere.Instance);
        _cached = writer;
    }

    // Lets go of the output, which a kept writer would otherwise hold.
    private sealed class Nowhere : IBufferWriter<byte>
    {
        public static readonly Nowhere Instance = new();

        public void Advance(int count) => throw GivenBack();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw GivenBack();

        public Span<byte> GetSpan(int sizeHint = 0) => throw GivenBack();

        private static InvalidOperationException GivenBack() => new("The writer was given back.");
    }
}
