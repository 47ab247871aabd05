using System.Globalization;
using System.Text.Json;
using Realtime.Protocol.Events;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>
/// The fields of one message of a producer: reads those that its op knows, skips the others, and notes all that is
/// wrong. Events and bytes are only found: who asked reads them where they stand.
/// </summary>
internal sealed class ProducerFieldReader
{
    private const int NonceLengthMax = 64;
    private const int TokenLengthMax = 8192;
    private const int StreamLengthMax = 6;

    private static readonly (JsonEncodedText Name, ProducerField Field)[] Names =
    [
        (JsonEncodedText.Encode("op"), ProducerField.Op),
        (JsonEncodedText.Encode("seq"), ProducerField.Seq),
        (JsonEncodedText.Encode("events"), ProducerField.Events),
        (JsonEncodedText.Encode("task"), ProducerField.Task),
        (JsonEncodedText.Encode("offset"), ProducerField.Offset),
        (JsonEncodedText.Encode("stream"), ProducerField.Stream),
        (JsonEncodedText.Encode("after_loss"), ProducerField.AfterLoss),
        (JsonEncodedText.Encode("data"), ProducerField.Data),
        (JsonEncodedText.Encode("exit_code"), ProducerField.ExitCode),
        (JsonEncodedText.Encode("cols"), ProducerField.Columns),
        (JsonEncodedText.Encode("rows"), ProducerField.Rows),
        (JsonEncodedText.Encode("nonce"), ProducerField.Nonce),
        (JsonEncodedText.Encode("producer"), ProducerField.Producer),
        (JsonEncodedText.Encode("producer_epoch"), ProducerField.ProducerEpoch),
        (JsonEncodedText.Encode("agent"), ProducerField.Agent),
        (JsonEncodedText.Encode("holder"), ProducerField.Holder),
        (JsonEncodedText.Encode("epoch"), ProducerField.Epoch),
        (JsonEncodedText.Encode("ttl_ms"), ProducerField.TtlMs),
        (JsonEncodedText.Encode("heartbeat_ms"), ProducerField.HeartbeatMs),
        (JsonEncodedText.Encode("renew"), ProducerField.Renew),
        (JsonEncodedText.Encode("token"), ProducerField.Token),
    ];

    public FieldErrors Errors { get; } = new();

    /// <summary>Fields that were there, right or wrong.</summary>
    public ProducerField Given { get; private set; }

    public long? Seq { get; private set; }

    /// <summary>Where the events stand in the frame.</summary>
    public Range Events { get; private set; }

    public string Task { get; private set; } = string.Empty;

    public long? Offset { get; private set; }

    public bool IsStderr { get; private set; }

    public Epoch? AfterLoss { get; private set; }

    /// <summary>Where the terminal's bytes stand in the frame, as they are written there.</summary>
    public Range Data { get; private set; }

    public int ExitCode { get; private set; }

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    public string? Nonce { get; private set; }

    /// <summary>The agent of a lease.</summary>
    public string? Agent { get; private set; }

    /// <summary>The producer that claims a terminal, or the holder of a lease.</summary>
    public string Claimant { get; private set; } = string.Empty;

    /// <summary>Its epoch.</summary>
    public long ClaimantEpoch { get; private set; }

    public int TtlMs { get; private set; } = LeaseRequest.TtlMsDefault;

    public bool IsRenewal { get; private set; }

    /// <summary>Who writes, if it says so.</summary>
    public ProducerClaim? Claim =>
        (Given & ProducerField.Claim) == 0 ? null : new ProducerClaim(Claimant, ClaimantEpoch);

    /// <summary>What is to be leased or released.</summary>
    public LeaseRequest Lease =>
        new(Agent, (Given & ProducerField.Task) == 0 ? null : Task, Claimant, ClaimantEpoch, TtlMs, IsRenewal);

    public int? HeartbeatMs { get; private set; }

    /// <summary>A secret.</summary>
    public string Token { get; private set; } = string.Empty;

    /// <summary>Reads an object; the reader stands at its start, and afterwards at its end.</summary>
    public void Read<TReader>(ref TReader reader, ProducerField expected)
        where TReader : struct, ITokenReader, allows ref struct
    {
        while (reader.Read() && reader.Kind == TokenKind.Name)
        {
            (string name, ProducerField field) = Find(ref reader);
            reader.Read();
            if ((field & (expected | ProducerField.Op)) == 0)
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

        foreach ((JsonEncodedText name, ProducerField field) in Names)
        {
            if ((field & Required(expected) & ~Given) != 0)
            {
                Errors.Add(name.Value, "missing");
            }
        }

        if ((expected & ProducerField.Holder) != 0 && (Given & (ProducerField.Agent | ProducerField.Task)) == 0)
        {
            Errors.Add("task", "missing, and so is agent: one of them says what is leased");
        }
    }

    // Of a claim both or none; of a lease the agent, the task or both, which is looked at apart.
    private ProducerField Required(ProducerField expected)
    {
        ProducerField required = expected & ~ProducerField.Optional;
        if ((Given & ProducerField.Claim) != 0)
        {
            required |= expected & ProducerField.Claim;
        }

        return (expected & ProducerField.Holder) == 0
            ? required
            : required & ~(ProducerField.Agent | ProducerField.Task);
    }

    private static (string Name, ProducerField Field) Find<TReader>(ref TReader reader)
        where TReader : struct, ITokenReader, allows ref struct
    {
        foreach ((JsonEncodedText name, ProducerField field) in Names)
        {
            if (reader.IsName(name.EncodedUtf8Bytes))
            {
                return (name.Value, field);
            }
        }

        return (string.Empty, ProducerField.None);
    }

    private void ReadField<TReader>(ref TReader reader, string name, ProducerField field)
        where TReader : struct, ITokenReader, allows ref struct
    {
        switch (field)
        {
            case ProducerField.Op:
                break;
            case ProducerField.Seq:
                Seq = ReadNumber(ref reader, name, 0, long.MaxValue);
                break;
            case ProducerField.Events:
                Events = reader.PassValue();
                break;
            case ProducerField.Data:
                Data = reader.PassValue();
                break;
            case ProducerField.Task:
                Task = ReadName(ref reader, name);
                break;
            case ProducerField.Agent:
                Agent = ReadName(ref reader, name);
                break;
            case ProducerField.Producer or ProducerField.Holder:
                Claimant = ReadName(ref reader, name);
                break;
            case ProducerField.ProducerEpoch or ProducerField.Epoch:
                ClaimantEpoch = ReadNumber(ref reader, name, 0, ProducerMark.NumberMax) ?? 0;
                break;
            case ProducerField.TtlMs:
                TtlMs = (int)(ReadNumber(ref reader, name, LeaseRequest.TtlMsMin, LeaseRequest.TtlMsMax) ?? 0);
                break;
            case ProducerField.Renew:
                Check(ref reader, reader.Kind is TokenKind.True or TokenKind.False, name, "must be true or false");
                IsRenewal = reader.Kind == TokenKind.True;
                break;
            case ProducerField.Offset:
                Offset = ReadNumber(ref reader, name, 0, ProducerMessageLimits.OffsetMax);
                break;
            case ProducerField.Stream:
                bool isStream = reader.TryGetText(StreamLengthMax, out string stream) && stream is "stdout" or "stderr";
                Check(ref reader, isStream, name, "must be stdout or stderr");
                IsStderr = stream == "stderr";
                break;
            case ProducerField.AfterLoss:
                bool isEpoch = reader.TryGetText(Epoch.Length, out string text) & Epoch.TryParse(text, out Epoch epoch);
                Check(
                    ref reader, isEpoch, name, "must be an epoch: six characters of a-z 0-9, as the last answer told");
                AfterLoss = epoch;
                break;
            case ProducerField.ExitCode:
                ExitCode = (int)(ReadNumber(ref reader, name, int.MinValue, int.MaxValue) ?? 0);
                break;
            case ProducerField.Columns:
                Columns = (int)(ReadNumber(ref reader, name, 1, ProducerMessageLimits.SizeMax) ?? 0);
                break;
            case ProducerField.Rows:
                Rows = (int)(ReadNumber(ref reader, name, 1, ProducerMessageLimits.SizeMax) ?? 0);
                break;
            case ProducerField.Nonce:
                bool isNonce = reader.TryGetText(NonceLengthMax, out string nonce);
                Check(ref reader, isNonce, name, "must be a text of at most 64 characters");
                Nonce = nonce;
                break;
            case ProducerField.Token:
                bool isToken = reader.TryGetText(TokenLengthMax, out string token) && token.Length > 0;
                Check(ref reader, isToken, name, "must be a text of 1 to 8192 characters");
                Token = token;
                break;
            case ProducerField.HeartbeatMs:
                HeartbeatMs = (int?)ReadNumber(
                    ref reader, name, HeartbeatInterval.MinMs, HeartbeatInterval.MaxMs);
                break;
        }
    }

    private string ReadName<TReader>(ref TReader reader, string name)
        where TReader : struct, ITokenReader, allows ref struct
    {
        bool isName = reader.TryGetText(EntityName.LengthMax, out string text) && EntityName.IsValid(text);
        Check(ref reader, isName, name, $"must be {EntityName.Rule}");
        return text;
    }

    private long? ReadNumber<TReader>(ref TReader reader, string name, long min, long max)
        where TReader : struct, ITokenReader, allows ref struct
    {
        bool isNumber = reader.TryGetInt64(out long number) && number >= min && number <= max;
        Check(
            ref reader, isNumber, name,
            string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
        return isNumber ? number : null;
    }

    private void Check<TReader>(ref TReader reader, bool valid, string name, string rule)
        where TReader : struct, ITokenReader, allows ref struct
    {
        if (!valid)
        {
            Errors.Add(name, rule);
            reader.Skip();
        }
    }
}
