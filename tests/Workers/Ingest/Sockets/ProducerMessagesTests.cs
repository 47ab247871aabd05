using System.Text;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Tests.Protocol;
using Realtime.Workers.Delivery;
using Realtime.Workers.Ingest;
using Realtime.Workers.Ingest.Leases;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>What a producer gets is byte for byte what PROTOCOL.md shows, written by the code that writes it on a
/// socket.</summary>
public sealed class ProducerMessagesTests
{
    private static readonly Epoch Life = Epoch.Parse("k3x9qa");
    private static readonly TerminalKey Terminal = new("acme", "t1");
    private static readonly Pressure Bytes = new(PressureState.Ok, 0, 8_388_608);
    private static readonly Pressure Full = new(PressureState.Pause, 5000, 5000);

    [Fact]
    public async Task Receipts_are_those_of_the_document()
    {
        var options = new IngestOptions();
        ControlMessage[] messages =
        [
            ProducerMessages.Welcome(
                "k3x9qa7f3a1b2c3d", TimeSpan.FromSeconds(20), 1_402_200, options,
                new PublishSocketOptions().InFlightMax, 1_795_230_320_703),
            Done("published", 1, new(202, json => PublishAnswer.WriteMembers(json, new IngestResult(
                [new IngestOutcome(IngestStatus.Stored, SampleEventPosition())],
                new Pressure(PressureState.Ok, 0, 5000))))),
            Done("appended", 2, await AppendedAsync(
                new(TerminalAppendStatus.Stored, 4101, Life, Bytes) { StoredBytes = 5 })),
            Done("resized", 5, new(200, json =>
            {
                json.WriteNumber("end", 4105);
                json.WriteString("epoch", "k3x9qa");
            })),
            Done("ended", 6, new(200, json =>
            {
                json.WriteNumber("exit_code", 0);
                json.WriteNumber("end", 4105);
                json.WriteString("epoch", "k3x9qa");
            })),
            Done("leased", 7, (IngestAnswer.Done)await LeaseAsync(new(LeaseStatus.Held, 1_795_230_350_701))),
            Done("released", 8, new(200, json => json.WriteBoolean("released", true))),
            ProducerMessages.Error(
                (IngestAnswer.Refused)await LeaseAsync(new(LeaseStatus.Leased, 1_795_230_350_701)), "lease", 7),
            ProducerMessages.Error(
                (IngestAnswer.Refused)await AnswerAsync(new(TerminalAppendStatus.Hole, 4096, Life, Bytes)),
                "append", 3),
            ProducerMessages.Error(
                new Refusals(options).Pressure(
                    "Live readers are too far behind; nothing was stored. Send it again later.", Full,
                    new ProblemError("/0", IngestRefusal.Of(IngestStatus.Pressure).Detail)),
                "publish", 1),
            ProducerMessages.Pressure(null, Full with { Depth = 4000 }),
            ProducerMessages.Pressure("t1", Bytes),
        ];

        Assert.Equal(
            ProtocolDocument.Examples("receipt"),
            messages.Select(message => Encoding.UTF8.GetString(message.Json.Span)));
    }

    private static ControlMessage Done(string op, long seq, IngestAnswer.Done answer) =>
        ProducerMessages.Done(op, seq, answer);

    private static async Task<IngestAnswer.Done> AppendedAsync(TerminalAppendResult result) =>
        (IngestAnswer.Done)await AnswerAsync(result);

    private static async Task<IngestAnswer> AnswerAsync(TerminalAppendResult result)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            new FaultyLog(RunningWorker.NewLog()) { InsteadOfTerminalAppend = () => result });
        return await worker.Get<TerminalIngest>().AppendAsync(
            Terminal, new TerminalAppend { Data = new byte[1] }, CancellationToken.None);
    }

    private static async Task<IngestAnswer> LeaseAsync(LeaseResult result)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            new FaultyLog(RunningWorker.NewLog()) { InsteadOfLease = () => result });
        var identity = new Realtime.Hosting.Identity.Identity
        {
            Tenant = "acme",
            Subject = "someone",
            Grants = Realtime.Hosting.Identity.Grants.Parse(RunningWorker.Everything),
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        return await worker.Get<LeaseIngest>().LeaseAsync(
            identity, new LeaseRequest("a1", "t3", "runner-7", 1_795_230_320_698, 30_000), CancellationToken.None);
    }

    private static EventPosition SampleEventPosition() =>
        EventPosition.TryParse("3:1795230320701-12.k3x9qa", out EventPosition position) ? position : default;
}
