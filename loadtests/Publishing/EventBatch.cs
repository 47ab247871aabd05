using System.Buffers;
using System.Buffers.Text;
using Realtime.Loadtests.Load;

namespace Realtime.Loadtests.Publishing;

/// <summary>The body of one <c>POST /v1/events</c>, written as bytes into a buffer that is used again.</summary>
/// <param name="agents">Names of the agents, by number.</param>
/// <param name="payloadBytes">Bytes of each payload's JSON; padded to it.</param>
/// <param name="hasKeys">Whether each event has a key, so that it may be sent again.</param>
internal sealed class EventBatch(AgentNames agents, int payloadBytes, bool hasKeys = false)
{
    /// <summary>Least bytes of a payload: the longest stamp, an empty pad, braces.</summary>
    public const int PayloadBytesMin = Stamp.BytesMax + 12;

    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);

    /// <summary>Events in it.</summary>
    public int Count { get; private set; }

    /// <summary>The JSON array.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        _body.Write("]"u8);
        return _body.WrittenMemory;
    }

    /// <summary>Empties it.</summary>
    public void Reset()
    {
        _body.ResetWrittenCount();
        Count = 0;
    }

    /// <summary>Adds one event.</summary>
    public void Add(Stamp stamp)
    {
        _body.Write(Count == 0 ? "["u8 : ","u8);
        _body.Write("""{"channel":"agents","type":"load.sample","agent":"""u8);
        _body.Write("\""u8);
        _body.Write(agents.Utf8Of(stamp.Agent));
        if (hasKeys)
        {
            WriteKey(stamp);
        }

        _body.Write("\",\"payload\":{"u8);
        Span<byte> payload = _body.GetSpan(payloadBytes + 2);
        int length = stamp.Write(payload);

        // {"stamp":"…","pad":"xxxx"}: braces, comma, key and quotes are 11 bytes.
        int pad = Math.Max(0, payloadBytes - length - 11);
        ",\"pad\":\""u8.CopyTo(payload[length..]);
        length += 8;
        payload.Slice(length, pad).Fill((byte)'x');
        length += pad;
        "\"}}"u8.CopyTo(payload[length..]);
        _body.Advance(length + 3);
        Count++;
    }

    // "key":"run.agent.sequence", behind the agent, whose quote is still open.
    private void WriteKey(Stamp stamp)
    {
        _body.Write("\",\"key\":\""u8);
        foreach (long number in (ReadOnlySpan<long>)[stamp.Run, stamp.Agent, stamp.Sequence])
        {
            Utf8Formatter.TryFormat(number, _body.GetSpan(20), out int written);
            _body.Advance(written);
            _body.Write("."u8);
        }
    }
}
