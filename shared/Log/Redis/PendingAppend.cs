using System.Security.Cryptography;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>One caller's batch for a stream, in the form in which <c>append.lua</c> takes it.</summary>
internal sealed class PendingAppend
{
    /// <summary>What stands before the events of a call.</summary>
    public const int FixedValues = 5;

    // Enough of a SHA-256 to tell envelopes apart for as long as an idempotency key lives.
    internal const int HashBytes = 16;

    // What a batch costs besides its envelopes until it is answered, as RedisLink counts a command.
    private const int BatchBytes = 1024;

    // What an event is: see append.lua.
    private const int IsFirst = 1;
    private const int SetsState = 2;
    private const int DeletesState = 4;
    private const int HasKey = 8;
    private const int HasNumber = 16;

    private static readonly RedisValue[] Kinds =
        [.. Enumerable.Range(64, 32).Select(static kind => (RedisValue)new byte[] { (byte)kind })];

    private readonly RedisValue[] _values;
    private readonly RedisKey[] _keys;

    // Made only for who has to wait for others.
    private TaskCompletionSource<AppendResult>? _answer;
    private volatile bool _isGivenUp;

    public PendingAppend(IReadOnlyList<EventAppend> batch, string idempotencyStart)
    {
        Events = batch.Count;
        _values = new RedisValue[FixedValues + batch.Sum(ValuesOf)];
        _keys = new RedisKey[batch.Count(IsKeyed)];
        int at = FixedValues;
        int key = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            EventAppend append = batch[i];
            Bytes += append.Envelope.Length;
            Write(append, i == 0, ref at);
            if (IsKeyed(append))
            {
                _keys[key++] = idempotencyStart + append.IdempotencyKey;
            }
        }
    }

    /// <summary>How many events.</summary>
    public int Events { get; }

    /// <summary>Bytes of their envelopes.</summary>
    public int Bytes { get; }

    /// <summary>What it takes of the memory for appends that wait for an answer.</summary>
    public int HeldBytes => Bytes + BatchBytes;

    /// <summary>Its idempotency keys, by the order of the events that have one.</summary>
    public ReadOnlySpan<RedisKey> Keys => _keys;

    /// <summary>Its events.</summary>
    public ReadOnlySpan<RedisValue> Values => _values.AsSpan(FixedValues);

    /// <summary>Its events, with room for <see cref="FixedValues"/> in front: for who sends it alone.</summary>
    public RedisValue[] ValuesWithRoom => _values;

    /// <summary>Whether its caller has left: what was not sent yet need not be.</summary>
    public bool IsGivenUp => _isGivenUp;

    /// <summary>From now on somebody waits for <see cref="Answer"/> or <see cref="Fail"/>.</summary>
    public void BeginToWait() => _answer = new TaskCompletionSource<AppendResult>(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the answer; who leaves before it may or may not have stored something.</summary>
    public async Task<AppendResult> WaitAsync(
        TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await _answer!.Task.WaitAsync(timeout, time, cancellationToken);
        }
        finally
        {
            _isGivenUp = true;
        }
    }

    public void Answer(AppendResult result) => _answer!.TrySetResult(result);

    public void Fail(Exception failure)
    {
        if (!_isGivenUp)
        {
            _answer!.TrySetException(failure);
        }
    }

    private static bool IsKeyed(EventAppend append) => append is { IdempotencyKey: not null, Producer: null };

    private static int ValuesOf(EventAppend append) =>
        2 + (append.Producer is not null ? 3 : append.IdempotencyKey is not null ? 1 : 0)
        + (append.StateKey is not null ? 1 : 0);

    private void Write(EventAppend append, bool isFirst, ref int at)
    {
        int kind = (isFirst ? IsFirst : 0)
            + (append.StateKey is null ? 0 : append.DeletesState ? DeletesState : SetsState)
            + (IsKeyed(append) ? HasKey : 0)
            + (append.Producer is not null ? HasNumber : 0);
        _values[at++] = Kinds[kind];

        // A copy: a call that was given up may still be on its way out when the caller uses its buffer again.
        _values[at++] = append.Envelope.ToArray();
        if (append.Producer is { } number)
        {
            _values[at++] = $"{number.Producer}/{number.Group}";
            _values[at++] = number.Epoch;
            _values[at++] = number.Seq;
        }
        else if (append.IdempotencyKey is not null)
        {
            _values[at++] = SHA256.HashData(append.Envelope.Span)[..HashBytes];
        }

        if (append.StateKey is { } key)
        {
            _values[at++] = key;
        }
    }
}
