using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Tokens;

/// <summary>
/// MessagePack that <see cref="MessagePackCheck"/> found whole, so that nothing can fail on the way. Nothing is
/// allocated but the texts asked for.
/// </summary>
internal ref struct MessagePackTokenReader : ITokenReader
{
    // UTF-8 takes at most so many bytes for one UTF-16 code unit.
    private const int BytesPerCharMax = 3;

    private readonly ReadOnlySpan<byte> _data;
    private MessagePackReader _reader;
    private Levels _levels;
    private int _depth;
    private int _start;
    private ReadOnlySpan<byte> _text;

    public MessagePackTokenReader(ReadOnlySpan<byte> messagePack)
    {
        _data = messagePack;
        _reader = new MessagePackReader(messagePack);
    }

    public TokenKind Kind { get; private set; }

    public bool Read()
    {
        bool isName = false;
        if (_depth > 0)
        {
            ref Level level = ref _levels[_depth - 1];
            if (level.Left == 0)
            {
                Close();
                return true;
            }

            isName = level.IsMap && level.Left % 2 == 0;
            level.Left--;
        }
        else if (_reader.IsAtEnd)
        {
            return false;
        }

        _start = _reader.Position;
        _text = default;
        if (isName)
        {
            // A key that is no text names no field.
            Kind = TokenKind.Name;
            if (!_reader.TryReadString(out _text))
            {
                PassOver(1);
            }
        }
        else
        {
            Kind = ReadValue();
        }

        return true;
    }

    public void Skip()
    {
        if (Kind is TokenKind.StartList or TokenKind.StartMap)
        {
            PassOver(_levels[_depth - 1].Left);
            Close();
        }
    }

    public Range PassValue()
    {
        int start = _start;
        Skip();
        return start.._reader.Position;
    }

    public readonly bool IsName(ReadOnlySpan<byte> utf8) => Kind == TokenKind.Name && _text.SequenceEqual(utf8);

    public readonly bool TryGetText(int lengthMax, out string text)
    {
        text = string.Empty;
        if (Kind != TokenKind.Text || _text.Length > lengthMax * BytesPerCharMax)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(_text);
        return text.Length <= lengthMax;
    }

    public readonly bool TryGetInt64(out long number)
    {
        number = 0;
        return Kind == TokenKind.Number && new MessagePackReader(_data[_start..]).TryReadInt64(out number);
    }

    public PayloadResult CopyPayload(IBufferWriter<byte> output, MessagePackLimits limits, out int values)
    {
        ReadOnlySpan<byte> payload = _data[PassValue()];
        PayloadResult result = MessagePackPayload.Check(payload, limits, out values);
        if (result == PayloadResult.Copied)
        {
            output.Write(payload);
        }

        return result;
    }

    private TokenKind ReadValue()
    {
        _ = _reader.TryPeekType(out MessagePackType type);
        switch (type)
        {
            case MessagePackType.Array:
                _ = _reader.TryReadArrayHeader(out int count);
                _levels[_depth++] = new Level { Left = count };
                return TokenKind.StartList;
            case MessagePackType.Map:
                _ = _reader.TryReadMapHeader(out int pairs);
                _levels[_depth++] = new Level { Left = 2 * pairs, IsMap = true };
                return TokenKind.StartMap;
            case MessagePackType.String:
                _ = _reader.TryReadString(out _text);
                return TokenKind.Text;
            case MessagePackType.Boolean:
                _ = _reader.TryReadBoolean(out bool value);
                return value ? TokenKind.True : TokenKind.False;
            default:
                PassOver(1);
                return type switch
                {
                    MessagePackType.Nil => TokenKind.Nil,
                    MessagePackType.Integer or MessagePackType.Float => TokenKind.Number,
                    _ => TokenKind.Other,
                };
        }
    }

    private void Close()
    {
        _depth--;
        Kind = _levels[_depth].IsMap ? TokenKind.EndMap : TokenKind.EndList;
    }

    // Values with all in them; they were checked, so that no stack is needed.
    private void PassOver(long values)
    {
        for (; values > 0; values--)
        {
            _ = _reader.TryPassOne(out int inside);
            values += Math.Max(inside, 0);
        }
    }

    private struct Level
    {
        // Values that are yet to be read; names count.
        public int Left;
        public bool IsMap;
    }

    // A frame, a message, a list, and what is passed over in it: no reader goes deeper.
    [InlineArray(4)]
    private struct Levels
    {
        private Level _first;
    }
}
