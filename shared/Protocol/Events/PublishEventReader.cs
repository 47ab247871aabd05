using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;

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
    public PublishDraft Read(ref Utf8JsonReader reader)
    {
        var draft = new PublishDraft();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add(null, "must be an object");
            reader.Skip();
            return draft;
        }

        PublishField given = PublishField.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            (string name, PublishField field) = Find(in reader);
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
                ReadField(in reader, draft, name, field);
                reader.Skip();
            }

            given |= field;
        }

        CheckWhole(draft, given);
        return draft;
    }

    private static (string Name, PublishField Field) Find(ref readonly Utf8JsonReader reader)
    {
        foreach ((JsonEncodedText name, PublishField field) in Names)
        {
            if (reader.ValueTextEquals(name.EncodedUtf8Bytes))
            {
                return (name.Value, field);
            }
        }

        return (string.Empty, PublishField.None);
    }

    private void ReadField(ref readonly Utf8JsonReader reader, PublishDraft draft, string name, PublishField field)
    {
        switch (field)
        {
            case PublishField.Channel:
                bool known = JsonText.TryGet(in reader, EntityName.LengthMax, out string channelName)
                    & ChannelNames.TryParse(channelName, out Channel channel);
                draft.Channel = channel;
                Check(known, name, "must be one of " + ChannelNames.List);
                break;
            case PublishField.Type:
                draft.Type = ReadName(in reader, name);
                break;
            case PublishField.Agent:
                draft.Agent = ReadName(in reader, name);
                break;
            case PublishField.Task:
                draft.Task = ReadName(in reader, name);
                break;
            case PublishField.Project:
                draft.Project = ReadName(in reader, name);
                break;
            case PublishField.Group:
                draft.Group = ReadName(in reader, name);
                break;
            case PublishField.StateKey:
                draft.StateKey = ReadGraphic(in reader, name, StateKeyLengthMax, StateKeyRule);
                break;
            case PublishField.Key:
                draft.Key = ReadGraphic(in reader, name, KeyLengthMax, KeyRule);
                break;
            case PublishField.Ts:
                bool isTime = TryGetMs(in reader, out long ms);
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

    private static bool TryGetMs(ref readonly Utf8JsonReader reader, out long ms)
    {
        ms = 0;
        return reader.TokenType == JsonTokenType.Number
            && reader.TryGetInt64(out ms) && ms is >= 0 and <= PublishLimits.ProducedMsMax;
    }

    private string ReadName(ref readonly Utf8JsonReader reader, string name)
    {
        bool valid = JsonText.TryGet(in reader, EntityName.LengthMax, out string text) && EntityName.IsValid(text);
        Check(valid, name, "must be " + EntityName.Rule);
        return text;
    }

    private string ReadGraphic(ref readonly Utf8JsonReader reader, string name, int lengthMax, string rule)
    {
        bool valid = JsonText.TryGet(in reader, lengthMax, out string text)
            && text.Length > 0
            && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        Check(valid, name, rule);
        return text;
    }

    private void ReadPayload(ref Utf8JsonReader reader, PublishDraft draft)
    {
        // So that the limit of the request is told once, not again by every event that follows.
        if (_valuesLeft <= 0)
        {
            reader.Skip();
            return;
        }

        _scratch.ResetWrittenCount();
        var limits = new MessagePackLimits(_limits.PayloadDepthMax, _valuesLeft, _limits.PayloadBytesMax);
        JsonConversion result = JsonToMessagePack.Convert(ref reader, _scratch, limits, out int values);
        _valuesLeft -= values;
        switch (result)
        {
            case JsonConversion.Done:
                draft.Payload = _scratch.WrittenSpan.ToArray();
                break;
            case JsonConversion.TooDeep:
                _errors.Add("payload", Text($"nested deeper than {limits.Depth}"));
                break;
            case JsonConversion.TooLarge:
                _errors.Add("payload", Text($"larger than {limits.Bytes} bytes as stored"), ErrorCodes.TooLarge);
                break;
            case JsonConversion.TooManyValues:
                string tooMany = Text($"more than {_limits.ValuesMax} values and keys in one request");
                _errors.Add("payload", tooMany, ErrorCodes.TooMany);
                break;
            case JsonConversion.NumberOutOfRange:
                _errors.Add("payload", "holds a number beyond 1.7976931348623157e308");
                break;
            case JsonConversion.BadText:
                _errors.Add("payload", "holds a text with half a UTF-16 surrogate pair");
                break;
        }
    }

    private void CheckWhole(PublishDraft draft, PublishField given)
    {
        foreach ((JsonEncodedText name, PublishField field) in Names)
        {
            Check((PublishField.Required & field & ~given) == 0, name.Value, "missing");
        }

        bool isNil = draft.Payload.Length == 1 && draft.Payload[0] == MessagePackCode.Nil;
        Check(
            !isNil || (given & PublishField.StateKey) != 0, "payload",
            "null deletes a state key, so it needs state_key");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
