using System.Collections.Immutable;
using Realtime.Protocol.Subscriptions;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>
/// The fields of one message: reads those that its op knows, skips the others, and notes all that is wrong.
/// </summary>
internal sealed class ClientFieldReader
{
    // The longest tokens that identity providers issue are below 8 KiB, as are the header lines they travel in.
    private const int TokenLengthMax = 8192;
    private const int NonceLengthMax = 64;
    private const int FeaturesMax = 32;
    private const string ListRule = "must be a text or a list of texts";

    private readonly ClientMessageLimits _limits;
    private EventFilterBuilder? _filter;

    public ClientFieldReader(ClientMessageLimits limits) => _limits = limits;

    public FieldErrors Errors { get; } = new();

    /// <summary>Fields that were there, right or wrong.</summary>
    public ClientField Given { get; private set; }

    public string? Id { get; private set; }

    public string Terminal { get; private set; } = string.Empty;

    public TerminalFrom From { get; private set; } = TerminalFrom.Start;

    public long Offset { get; private set; }

    public Epoch Epoch { get; private set; }

    public string Token { get; private set; } = string.Empty;

    public string? Nonce { get; private set; }

    public bool Snapshot { get; private set; }

    public bool Conflate { get; private set; }

    public ImmutableArray<EventPosition> After { get; private set; } = [];

    public ImmutableArray<string> Features { get; private set; } = [];

    public int? HeartbeatMs { get; private set; }

    public EventFilter Filter => _filter?.Build() ?? EventFilter.All;

    /// <summary>Reads an object; the reader stands at its start, and afterwards at its end.</summary>
    public void Read<TReader>(ref TReader reader, ClientField expected)
        where TReader : struct, ITokenReader, allows ref struct
    {
        while (reader.Read() && reader.Kind == TokenKind.Name)
        {
            (string name, ClientField field) = ClientFields.Find(ref reader);
            reader.Read();
            if ((field & (expected | ClientField.Op)) == 0)
            {
                reader.Skip();
            }
            else if ((Given & field) != 0)
            {
                // Which of two is meant is not for us to guess.
                Errors.Add(name, "given twice");
                reader.Skip();
            }
            else
            {
                Given |= field;
                ReadField(ref reader, name, field);
            }
        }
    }

    private void ReadField<TReader>(ref TReader reader, string name, ClientField field)
        where TReader : struct, ITokenReader, allows ref struct
    {
        switch (field)
        {
            case ClientField.Op:
                break;
            case ClientField.Id:
                bool isId = reader.TryGetText(SubscriptionId.LengthMax, out string id)
                    && SubscriptionId.IsValid(id);
                Check(ref reader, isId, name, "must be " + SubscriptionId.Rule);
                Id = isId ? id : null;
                break;
            case ClientField.Terminal:
                bool isTask = reader.TryGetText(EntityName.LengthMax, out string task)
                    && EntityName.IsValid(task);
                Check(ref reader, isTask, name, "must be a task: " + EntityName.Rule);
                Terminal = task;
                break;
            case ClientField.From:
                bool isFrom = TryReadFrom(ref reader, out TerminalFrom from);
                Check(ref reader, isFrom, name, "must be " + TerminalFrom.Rule);
                From = from;
                break;
            case ClientField.Offset:
                bool isOffset = TryReadOffset(ref reader, out long offset);
                Check(ref reader, isOffset, name, "must be a whole number from 0 to 9223372036854775807");
                Offset = offset;
                break;
            case ClientField.Epoch:
                bool isEpoch = reader.TryGetText(Epoch.Length, out string text) & Epoch.TryParse(text, out Epoch epoch);
                Check(ref reader, isEpoch, name, "must be six characters of a-z and 0-9");
                Epoch = epoch;
                break;
            case ClientField.Token:
                bool isToken = reader.TryGetText(TokenLengthMax, out string token) && token.Length > 0;
                Check(ref reader, isToken, name, "must be a text of 1 to 8192 characters");
                Token = token;
                break;
            case ClientField.Nonce:
                bool isNonce = reader.TryGetText(NonceLengthMax, out string nonce);
                Check(ref reader, isNonce, name, "must be a text of at most 64 characters");
                Nonce = nonce;
                break;
            case ClientField.HeartbeatMs:
                bool isInterval = reader.TryGetInt64(out long interval)
                    && interval is >= HeartbeatInterval.MinMs and <= HeartbeatInterval.MaxMs;
                Check(ref reader, isInterval, name, HeartbeatInterval.Rule);
                HeartbeatMs = (int)interval;
                break;
            case ClientField.Snapshot:
                Snapshot = ReadFlag(ref reader, name);
                break;
            case ClientField.Conflate:
                Conflate = ReadFlag(ref reader, name);
                break;
            case ClientField.After:
                ReadAfter(ref reader, name);
                break;
            case ClientField.Features:
                ReadFeatures(ref reader, name);
                break;
            default:
                ReadPatterns(ref reader, name, FilterFieldOf(field));
                break;
        }
    }

    private static FilterField FilterFieldOf(ClientField field) => field switch
    {
        ClientField.Channels => FilterField.Channels,
        ClientField.Agents => FilterField.Agents,
        ClientField.Tasks => FilterField.Tasks,
        ClientField.Projects => FilterField.Projects,
        _ => FilterField.Types,
    };

    private void Check<TReader>(ref TReader reader, bool valid, string name, string rule)
        where TReader : struct, ITokenReader, allows ref struct
    {
        if (!valid)
        {
            Errors.Add(name, rule);
            reader.Skip();
        }
    }

    private static bool TryReadOffset<TReader>(ref TReader reader, out long offset)
        where TReader : struct, ITokenReader, allows ref struct
    {
        return reader.TryGetInt64(out offset) && offset >= 0;
    }

    private static bool TryReadFrom<TReader>(ref TReader reader, out TerminalFrom from)
        where TReader : struct, ITokenReader, allows ref struct
    {
        // A bare number is what everybody tries first.
        if (TryReadOffset(ref reader, out long offset))
        {
            from = new TerminalFrom(TerminalFromKind.Offset, offset, default);
            return true;
        }

        from = TerminalFrom.Start;
        return reader.TryGetText(EventPosition.TextLengthMax, out string text)
            && TerminalFrom.TryParse(text, out from);
    }

    private bool ReadFlag<TReader>(ref TReader reader, string name)
        where TReader : struct, ITokenReader, allows ref struct
    {
        Check(ref reader, reader.Kind is TokenKind.True or TokenKind.False, name, "must be true or false");
        return reader.Kind == TokenKind.True;
    }

    private void ReadPatterns<TReader>(ref TReader reader, string name, FilterField field)
        where TReader : struct, ITokenReader, allows ref struct
    {
        // A pattern is a name and a star at most.
        const int LengthMax = EntityName.LengthMax + 1;
        _filter ??= new EventFilterBuilder(_limits.PatternsPerFilter, Errors);
        if (reader.Kind == TokenKind.Text)
        {
            _filter.Add(field, 0, reader.TryGetText(LengthMax, out string only) ? only : null);
            return;
        }

        if (reader.Kind != TokenKind.StartList)
        {
            Check(ref reader, false, name, ListRule);
            return;
        }

        int index = 0;
        bool more = true;
        while (reader.Read() && reader.Kind != TokenKind.EndList)
        {
            if (more)
            {
                bool isText = reader.TryGetText(LengthMax, out string text);
                more = _filter.Add(field, index++, isText ? text : null);
            }

            reader.Skip();
        }

        if (index == 0)
        {
            _filter.RefuseEmpty(field);
        }
    }

    private void ReadAfter<TReader>(ref TReader reader, string name)
        where TReader : struct, ITokenReader, allows ref struct
    {
        if (reader.Kind is not (TokenKind.StartList or TokenKind.Text))
        {
            Check(ref reader, false, name, "must be a position or a list of positions");
            return;
        }

        var cursor = new CursorBuilder();
        bool isList = reader.Kind == TokenKind.StartList;
        string? error = null;
        while (!isList || (reader.Read() && reader.Kind != TokenKind.EndList))
        {
            if (error is null)
            {
                reader.TryGetText(EventPosition.TextLengthMax, out string text);
                if (!cursor.TryAdd(text, out error))
                {
                    Errors.Add(name, error!);
                }
            }

            reader.Skip();
            if (!isList)
            {
                break;
            }
        }

        After = cursor.Build();
    }

    private void ReadFeatures<TReader>(ref TReader reader, string name)
        where TReader : struct, ITokenReader, allows ref struct
    {
        var features = ImmutableArray.CreateBuilder<string>();
        bool valid = reader.Kind == TokenKind.StartList;
        if (!valid)
        {
            reader.Skip();
        }
        else
        {
            while (reader.Read() && reader.Kind != TokenKind.EndList)
            {
                bool isText = reader.TryGetText(SubscriptionId.LengthMax, out string text);
                valid = valid && isText && features.Count < FeaturesMax && SubscriptionId.IsValid(text);
                if (valid)
                {
                    features.Add(text);
                }

                reader.Skip();
            }
        }

        if (!valid)
        {
            Errors.Add(name, "must be a list of at most 32 names");
        }

        Features = features.DrainToImmutable();
    }
}
