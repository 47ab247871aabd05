using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>What <c>append.lua</c> answered, taken apart batch by batch in their order.</summary>
internal sealed class AppendReply(RedisResult[] reply, int depthMax)
{
    private readonly Epoch _epoch = Epoch.Parse((string)reply[0]);
    private readonly long _ms = (long)reply[1];
    private readonly string _letters = (string)reply[5];
    private readonly Pressure _pressure = new(
        (int)reply[4] == 1 ? PressureState.Pause : PressureState.Ok, (long)reply[3], depthMax);

    private long _offset = (long)reply[2];
    private int _event;
    private int _more = 6;

    /// <summary>The outcomes of the next events, and the pressure behind all of them.</summary>
    public AppendResult Take(int events)
    {
        var outcomes = new AppendOutcome[events];
        for (int i = 0; i < events; i++)
        {
            outcomes[i] = Take(_letters[_event++]);
        }

        return new AppendResult(outcomes, _pressure);
    }

    private AppendOutcome Take(char letter) => letter switch
    {
        'S' => new AppendOutcome(AppendStatus.Stored, new StreamCursor(new EntryId(_ms, _offset++), _epoch)),
        'D' => new AppendOutcome(AppendStatus.Duplicate, RedisEventStreams.ToCursor((string)reply[_more++])),
        'd' => new AppendOutcome(AppendStatus.Duplicate, default),
        'Z' => new AppendOutcome(AppendStatus.StaleProducer, default),
        'G' => new AppendOutcome(AppendStatus.ProducerGap, default) { ExpectedSeq = (long)reply[_more++] },
        'C' => new AppendOutcome(AppendStatus.Conflict, default),
        'P' => new AppendOutcome(AppendStatus.Pressure, default),
        _ => new AppendOutcome(AppendStatus.AfterRefused, default),
    };
}
