using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol;

/// <summary>The server messages that PROTOCOL.md shows, as the code writes them, in the document's order.</summary>
internal static class ServerExamples
{
    private const long Sent = 1_795_230_320_703;

    private static readonly Epoch Life = Epoch.Parse("k3x9qa");
    private static readonly EventPosition P12 = SampleEvents.Position("3:1795230320701-12.k3x9qa");
    private static readonly EventPosition P13 = SampleEvents.Position("3:1795230320900-13.k3x9qa");
    private static readonly EventPosition P14 = SampleEvents.Position("3:1795230321000-14.k3x9qa");

    private static readonly TerminalMessage Terminal =
        new() { Id = "default", Task = "t1", Epoch = Life, Offset = 4096, Data = "hello"u8.ToArray() };

    // 32 times the letter a: one, a match of 26 that begins one byte before, and five.
    private static readonly TerminalMessage Compressed = Terminal with
    {
        Data = Convert.FromHexString("1f61010007506161616161"),
        DecompressedLength = 32,
        Stream = "stderr",
    };

    private static readonly EventEnvelope Running =
        SampleEvents.Full("{\"status\":\"running\"}") with { Agent = "a1", Task = "t1", Project = "p1" };

    private static readonly EventEnvelope Idle = new()
    {
        Channel = Channel.Agents,
        Type = "agent.status",
        Agent = "a1",
        StateKey = "agent:a1:status",
        ProducedMs = 1_795_230_309_998,
        Payload = SampleEvents.Payload("{\"status\":\"idle\"}"),
    };

    public static string[] All =>
    [
        Write(o => ServerMessages.WriteWelcome(o, Welcome())),
        Write(o => ServerMessages.WriteSubscribed(o, "s1", [P12], true, null)),
        Write(o => ServerMessages.WriteSubscribed(
            o, "s1", [P12, SampleEvents.Position("7:1795230319000-4.m2p0zz")], false, GapReason.Retention)),
        Write(o => ServerMessages.WriteSubscribed(o, "default", [P12], null, null)),
        Write(o => ServerMessages.WriteSubscribedTerminal(o, "term", "t1", Life, 4096)),
        Write(o => ServerMessages.WriteSubscribedTerminal(o, "term", "t1", Life, 4096, (80, 24))),
        Write(o => ServerMessages.WriteUnsubscribed(o, "s1")),
        Write(o => ServerMessages.WritePaused(o, "s1", [P12])),
        Write(o => ServerMessages.WritePaused(o, "term", null)),
        WriteRunning(),
        Write(o => EventJson.Write(
            o, SampleEvents.Bare("\"hello\""), SampleEvents.Position("5:1795230320900-3.q8w1aa"),
            1_795_230_320_903, false)),
        Write(o => EventJson.Write(
            o, Idle with { ProducedMs = null, Payload = SampleEvents.Payload("null") }, P14, 1_795_230_321_003, false)),
        Write(o => EventJson.Write(o, Idle, SampleEvents.Position("3:1795230310000-7.k3x9qa"), Sent, true)),
        $"[{Write(o => ServerMessages.WriteReplay(o, "s1"))},{WriteRunning()},{WriteIdleLive()}]",
        Write(o => ServerMessages.WriteSnapshot(o, "s1", [P12])),
        Write(o => ServerMessages.WriteCursor(o, "s1", [P13])),
        Write(o => ServerMessages.WriteConflated(o, "s1", 41)),
        Write(o => ServerMessages.WriteGap(
            o, "s1", P12, SampleEvents.Position("3:1795230399000-40.k3x9qa"),
            SampleEvents.Position("3:1795230399000-39.k3x9qa"), 27, GapReason.Retention)),
        Write(o => ServerMessages.WriteGap(
            o, "s1", P12, SampleEvents.Position("3:1795230399000-1.zz81mm"), SampleEvents.Position("3:0-0.zz81mm"),
            null, GapReason.Epoch)),
        Write(o => ServerMessages.WriteTerminalGap(
            o, "term", "t1", 0, default, 1_048_576, Life, 1_048_576, GapReason.Retention)),
        Write(o => ServerMessages.WriteTerminal(o, Terminal)),
        Write(o => ServerMessages.WriteTerminal(o, Compressed)),
        Write(o => ServerMessages.WriteTerminal(
            o, Terminal with { Offset = 4101, Data = default, Resize = (120, 40) })),
        Write(o => ServerMessages.WriteTerminal(o, Terminal with { Offset = 4101, Data = default, ExitCode = 0 })),
        Write(o => ServerMessages.WritePong(o, "7")),
        Write(o => ServerMessages.WritePing(o, null)),
        Write(o => ServerMessages.WriteDrain(o, 15_000, 340)),
        Write(o => ServerMessages.WriteExpiring(o, 1_795_230_380_000)),
        Write(o => ServerMessages.WriteAuthenticated(o, 1_795_233_980_000)),
        Write(o => ServerMessages.WriteError(
            o, ErrorCodes.BadRequest,
            "agents: item 2 must be a name, the beginning of a name followed by *, or *; "
                + "snapshot: must be true or false",
            "subscribe", "s1", false)),
        Write(o => ServerMessages.WriteError(
            o, ErrorCodes.LogUnavailable, "the log is away; delivery goes on by itself when it is back",
            null, null, true)),
    ];

    /// <summary>Those that the document shows in MessagePack.</summary>
    public static byte[][] InMessagePack =>
    [
        Bytes.Of(o => EventMessagePack.Write(
            o, SampleEvents.Bare("\"hello\""), SampleEvents.Position("5:1795230320900-3.q8w1aa"),
            1_795_230_320_903, false)),
        Bytes.Of(o => ServerMessagePack.WriteTerminal(o, Terminal)),
    ];

    private static WelcomeMessage Welcome() => new()
    {
        Session = "w1-7f3a",
        HeartbeatMs = 20_000,
        Features = ["lz4"],
        MessageBytesMax = 65_536,
        SubscriptionsMax = 64,
        TerminalWindowBytes = 262_144,
        TimeMs = Sent,
    };

    private static string WriteRunning() => Write(o => EventJson.Write(o, Running, P12, Sent, false));

    private static string WriteIdleLive() =>
        Write(o => EventJson.Write(o, Idle with { ProducedMs = null }, P13, 1_795_230_320_903, false));

    private static string Write(Action<IBufferWriter<byte>> write) => Bytes.TextOf(write);
}
