using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Tokens;

/// <summary>
/// JSON, checked to be UTF-8 before. What is no JSON throws <see cref="JsonException"/> where it is met.
/// </summary>
internal ref struct JsonTokenReader : ITokenReader
{
    private Utf8JsonReader _reader;

    public JsonTokenReader(ReadOnlySpan<byte> utf8, int depthMax) =>
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depthMax });

    public readonly TokenKind Kind => _reader.TokenType switch
    {
        JsonTokenType.Null => TokenKind.Nil,
        JsonTokenType.True => TokenKind.True,
        JsonTokenType.False => TokenKind.False,
        JsonTokenType.Number => TokenKind.Number,
        JsonTokenType.String => TokenKind.Text,
        JsonTokenType.StartArray => TokenKind.StartList,
        JsonTokenType.EndArray => TokenKind.EndList,
        JsonTokenType.StartObject => TokenKind.StartMap,
        JsonTokenType.EndObject => TokenKind.EndMap,
        JsonTokenType.PropertyName => TokenKind.Name,
        _ => TokenKind.None,
    };

    public bool Read() => _reader.Read();

    public void Skip() => _reader.Skip();

    public Range PassValue()
    {
        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return start..(int)_reader.BytesConsumed;
    }

    // A name with half a surrogate pair is none of ours; the framework's comparison would throw.
    public readonly bool IsName(ReadOnlySpan<byte> utf8) =>
        JsonText.IsWellFormed(in _reader) && _reader.ValueTextEquals(utf8);

    public readonly bool TryGetText(int lengthMax, out string text) => JsonText.TryGet(in _reader, lengthMax, out text);

    public readonly bool TryGetInt64(out long number)
    {
        number = 0;
        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out number);
    }

    public PayloadResult CopyPayload(IBufferWriter<byte> output, MessagePackLimits limits, out int values) =>
        JsonToMessagePack.Convert(ref _reader, output, limits, out values) switch
        {
            JsonConversion.Done => PayloadResult.Copied,
            JsonConversion.TooDeep => PayloadResult.TooDeep,
            JsonConversion.TooManyValues => PayloadResult.TooManyValues,
            JsonConversion.TooLarge => PayloadResult.TooLarge,
            JsonConversion.NumberOutOfRange => PayloadResult.NumberOutOfRange,
            _ => PayloadResult.BadText,
        };
}
