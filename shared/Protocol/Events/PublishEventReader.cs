using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Events;

/// <summary>Reads the events of one request to publish, one after the other.</summary>
internal sealed class PublishEventReader
{
    private const int KeyLengthMax = 128;
    private const int StateKeyLengthMax = 256;
    private const string KeyRule = "must be 1 to 128 characters from ! to ~";
    private const string StateKeyRule = "must be 1 to 256 printable ASCII characters without spaces";

    private static readonly (JsonEncodedText Name, PublishField Field)[] Names =
    [
        (JsonEncodedText.Encode("channel"), PublishField.Channel),
        (JsonEncodedText.Encode("type"), PublishField.Type),
        (JsonEncodedText.Encode("agent"), PublishField.Agent),
        (JsonEncodedText.Encode("task"), PublishField.Task),
        (JsonEncodedText.Encode("project"), PublishField.Project),
        (JsonEncodedText.Encode("group"), PublishField.Group),
        (JsonEncodedText.Encode("state_key"), PublishField.StateKey),
        (JsonEncodedText.Encode("key"), PublishField.Key),
        (JsonEncodedText.Encode("ts"), PublishField.Ts),
        (JsonEncodedText.Encode("payload"), PublishField.Payload),
        (JsonEncodedText.Encode("producer"), PublishField.Producer),
        (JsonEncodedText.Encode("producer_epoch"), PublishField.ProducerEpoch),
        (JsonEncodedText.Encode("producer_seq"), PublishField.ProducerSeq),
    ];

    // One payload at a time; what is kept is copied out, so that no large array lives as long as its smallest event.
    private readonly ArrayBufferWriter<byte> _scratch = new(1024);
    private readonly PublishLimits _limits;
    private readonly PublishErrors _errors;
    private int _valuesLeft;

    public PublishEventReader(PublishLimits limits, PublishErrors errors)
    {
        _limits = limits;
        _errors = errors;
        _valuesLeft = limits.ValuesMax;
    }

    /// <summary>Reads one event; the reader stands at its first token, and afterwards at its last.</summary>
    public PublishDraft Read<TReader>(ref TReader reader)
        where TReader : struct, ITokenReader, allows ref struct
    {
        var draft = new PublishDraft();
        if (reader.Kind != TokenKind.StartMap)
        {
            _errors.Add(null, "must be an object");
            reader.Skip();
            return draft;
        }

        PublishField given = PublishField.None;
        while (reader.Read() && reader.Kind == TokenKind.Name)
        {
            (string name, PublishField field) = Find(ref reader);
            reader.Read();
            if ((given & field) != 0)
            {
                // Which of two is meant is not for us to guess.
                _errors.Add(name, "given twice");
                reader.Skip();
            }
            else if (field == PublishField.Payload)
            {
                ReadPayload(ref reader, draft);
            }
            else
            {
                ReadField(ref reader, draft, name, field);
                reader.Skip();
            }

            given |= field;
        }

        CheckWhole(draft, given);
        return draft;
    }

    private static (string Name, PublishField Field) Find<TReader>(ref TReader reader)
        where TReader : struct, ITokenReader, allows ref struct
    {
        foreach ((JsonEncodedText name, PublishField field) in Names)
        {
            if (reader.IsName(name.EncodedUtf8Bytes))
            {
                return (name.Value, field);
            }
        }

        return (string.Empty, PublishField.None);
    }

    private void ReadField<TReader>(ref TReader reader, PublishDraft draft, string name, PublishField field)
        where TReader : struct, ITokenReader, allows ref struct
    {
        switch (field)
        {
            case PublishField.Channel:
                bool known = reader.TryGetText(EntityName.LengthMax, out string channelName)
                    & ChannelNames.TryParse(channelName, out Channel channel);
                draft.Channel = channel;
                Check(known, name, "must be one of " + ChannelNames.List);
                break;
            case PublishField.Type:
                draft.Type = ReadName(ref reader, name);
                break;
            case PublishField.Agent:
                draft.Agent = ReadName(ref reader, name);
                break;
            case PublishField.Task:
                draft.Task = ReadName(ref reader, name);
                break;
            case PublishField.Project:
                draft.Project = ReadName(ref reader, name);
                break;
            case PublishField.Group:
                draft.Group = ReadName(ref reader, name);
                break;
            case PublishField.StateKey:
                draft.StateKey = ReadGraphic(ref reader, name, StateKeyLengthMax, StateKeyRule);
                break;
            case PublishField.Key:
                draft.Key = ReadGraphic(ref reader, name, KeyLengthMax, KeyRule);
                break;
            case PublishField.Producer:
                draft.Producer = ReadName(ref reader, name);
                break;
            case PublishField.ProducerEpoch:
                draft.ProducerEpoch = ReadNumber(ref reader, name, 0);
                break;
            case PublishField.ProducerSeq:
                draft.ProducerSeq = ReadNumber(ref reader, name, 1);
                break;
            case PublishField.Ts:
                bool isTime = TryGetMs(ref reader, out long ms);
                draft.ProducedMs = ms;
                Check(isTime, name, "must be a whole number of milliseconds since 1970, from 0 to 253402300799999");
                break;
        }
    }

    private void Check(bool valid, string name, string rule)
    {
        if (!valid)
        {
            _errors.Add(name, rule);
        }
    }

    private static bool TryGetMs<TReader>(ref TReader reader, out long ms)
        where TReader : struct, ITokenReader, allows ref struct
    {
        return reader.TryGetInt64(out ms) && ms is >= 0 and <= PublishLimits.ProducedMsMax;
    }

    private long ReadNumber<TReader>(ref TReader reader, string name, long min)
        where TReader : struct, ITokenReader, allows ref struct
    {
        bool isNumber = reader.TryGetInt64(out long number) && number >= min && number <= ProducerMark.NumberMax;
        Check(isNumber, name, Text($"must be a whole number from {min} to {ProducerMark.NumberMax}"));
        return number;
    }

    private string ReadName<TReader>(ref TReader reader, string name)
        where TReader : struct, ITokenReader, allows ref struct
    {
        bool valid = reader.TryGetText(EntityName.LengthMax, out string text) && EntityName.IsValid(text);
        Check(valid, name, "must be " + EntityName.Rule);
        return text;
    }

    private string ReadGraphic<TReader>(ref TReader reader, string name, int lengthMax, string rule)
        where TReader : struct, ITokenReader, allows ref struct
    {
        bool valid = reader.TryGetText(lengthMax, out string text)
            && text.Length > 0
            && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        Check(valid, name, rule);
        return text;
    }

    private void ReadPayload<TReader>(ref TReader reader, PublishDraft draft)
        where TReader : struct, ITokenReader, allows ref struct
    {
        // So that the limit of the request is told once, not again by every event that follows.
        if (_valuesLeft <= 0)
        {
            reader.Skip();
            return;
        }

        _scratch.ResetWrittenCount();
        var limits = new MessagePackLimits(_limits.PayloadDepthMax, _valuesLeft, _limits.PayloadBytesMax);
        PayloadResult result = reader.CopyPayload(_scratch, limits, out int values);
        _valuesLeft -= values;
        switch (result)
        {
            case PayloadResult.Copied:
                draft.Payload = _scratch.WrittenSpan.ToArray();
                break;
            case PayloadResult.TooDeep:
                _errors.Add("payload", Text($"nested deeper than {limits.Depth}"));
                break;
            case PayloadResult.TooLarge:
                _errors.Add("payload", Text($"larger than {limits.Bytes} bytes as stored"), ErrorCodes.TooLarge);
                break;
            case PayloadResult.TooManyValues:
                string tooMany = Text($"more than {_limits.ValuesMax} values and keys in one request");
                _errors.Add("payload", tooMany, ErrorCodes.TooMany);
                break;
            case PayloadResult.NumberOutOfRange:
                _errors.Add("payload", "holds a number beyond 1.7976931348623157e308");
                break;
            case PayloadResult.BadText:
                _errors.Add("payload", "holds a text with half a UTF-16 surrogate pair");
                break;
            case PayloadResult.NumberNotFinite:
                _errors.Add("payload", "holds a number that is infinite or none (NaN), which JSON cannot say");
                break;
            case PayloadResult.KeyIsNoText:
                _errors.Add("payload", "holds a map with a key that is no text, which JSON cannot say");
                break;
            case PayloadResult.Extension:
                _errors.Add("payload", "holds an extension type (such as a timestamp), which JSON cannot say");
                break;
        }
    }

    private void CheckWhole(PublishDraft draft, PublishField given)
    {
        foreach ((JsonEncodedText name, PublishField field) in Names)
        {
            Check((PublishField.Required & field & ~given) == 0, name.Value, "missing");
        }

        CheckProducer(given);
        bool isNil = draft.Payload.Length == 1 && draft.Payload[0] == MessagePackCode.Nil;
        Check(
            !isNil || (given & PublishField.StateKey) != 0, "payload",
            "null deletes a state key, so it needs state_key");
    }

    private void CheckProducer(PublishField given)
    {
        PublishField ofProducer = given & PublishField.OfProducer;
        if (ofProducer == PublishField.None)
        {
            return;
        }

        foreach ((JsonEncodedText name, PublishField field) in Names)
        {
            bool isLeftOut = (field & PublishField.OfProducer & ~given) != 0;
            Check(!isLeftOut, name.Value, "missing: producer, producer_epoch and producer_seq go together");
        }

        Check((given & PublishField.Key) == 0, "key", "not together with producer: its numbers do what a key does");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
