using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol.Events;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.Revocations;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>The delivery side of a worker on an embedded log, with viewers that read from pipes at their own
/// pace.</summary>
internal sealed class DeliveryFixture : IAsyncDisposable
{
    public const string Tenant = "acme";

    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TailRegistry<StreamKey, StreamTail> _streams;
    private readonly TailRegistry<TerminalKey, TerminalTail> _terminals;
    private readonly HistoryReader _history;
    private readonly ConnectionFactory _factory;

    public DeliveryFixture(
        DeliveryOptions? delivery = null, TailOptions? tail = null, int partitions = 1, int ringBytes = 65_536,
        Func<IPartitionedLog, IPartitionedLog>? wrap = null, LogOptions? logOptions = null, TimeProvider? clock = null,
        TerminalTailOptions? terminals = null, IPartitionedLog? log = null)
    {
        Clock = clock ?? TimeProvider.System;
        TerminalTailOptions terminalOptions = terminals ?? new TerminalTailOptions();
        delivery ??= new DeliveryOptions();
        tail ??= new TailOptions();
        LogOptions options = (logOptions ?? new LogOptions()) with { Partitions = partitions };
        log ??= new MemoryLog(options, TimeProvider.System, NullLogger<MemoryLog>.Instance);
        Log = wrap?.Invoke(log) ?? log;
        IMeterFactory meters = _metrics.GetRequiredService<IMeterFactory>();
        Metrics = new DeliveryMetrics(meters);
        Meters = meters;
        var terminalMetrics = new TerminalMetrics(meters);
        TerminalMemory = new TerminalMemory(terminalOptions, terminalMetrics);
        Watch = new LogWatch(NullLogger<LogWatch>.Instance);
        var decoder = new EventDecoder(TimeProvider.System, NullLogger<EventDecoder>.Instance);
        var services = new TailServices
        {
            Log = Log,
            Options = tail,
            Decoder = decoder,
            Watch = Watch,
            Metrics = new TailMetrics(meters),
            Reports = new ReportBeat(tail, Clock),
            Losses = new LossNotices(Clock, NullLogger<LossNotices>.Instance),
            TerminalOptions = terminalOptions,
            Terminals = TerminalMemory,
            TerminalMetrics = terminalMetrics,
            TerminalReads = new TerminalReads(Log, terminalOptions, terminalMetrics),
            Clock = Clock,
            Logger = NullLogger.Instance,
            ReaderId = "w1",
            StateKeysMax = 1000,
            StateRetention = TimeSpan.FromHours(1),
            ConflationInterval = delivery.ConflationInterval,
        };
        var limit = new TailLimit(tail, services.Metrics, Clock, NullLogger<TailLimit>.Instance);
        _streams = new(stream => new StreamTail(stream, services), static t => t.Opened, tail, limit, Clock);
        _terminals = new(terminal => new TerminalTail(terminal, services), static t => t.Opened, tail, limit, Clock);
        _history = new HistoryReader(Log, decoder, delivery);
        Revocations = new RevocationSet(new RevocationOptions(), Clock);
        _factory = new ConnectionFactory(
            Log, _streams, _terminals, _history, new ConnectionPlaneOptions { BackpressureThresholdBytes = ringBytes },
            Renewals(meters), delivery, Metrics, Clock, NullLogger<Sender>.Instance);
    }

    /// <summary>Key of the tokens that are believed.</summary>
    public const string SigningKey = "a key for tests, of at least thirty-two bytes";

    public IPartitionedLog Log { get; }

    /// <summary>What is revoked.</summary>
    public RevocationSet Revocations { get; }

    public DeliveryMetrics Metrics { get; }

    public IMeterFactory Meters { get; }

    public TimeProvider Clock { get; }

    public TerminalMemory TerminalMemory { get; }

    public ConnectionFactory Connections => _factory;

    public TailRegistry<TerminalKey, TerminalTail> Terminals => _terminals;

    public LogWatch Watch { get; }

    private TokenRenewals Renewals(IMeterFactory meters) => new(
        new TokenVerifier(new AuthOptions { SigningKey = SigningKey }, Clock), Revocations,
        new RevocationMetrics(meters, Revocations), new ConnectionOptions { AuthPerMinuteMax = 600 },
        new ConnectionMetrics(meters), Clock, NullLogger<TokenRenewals>.Instance);

    /// <summary>A viewer whose transport takes <paramref name="bufferBytes"/> before it makes the worker
    /// wait.</summary>
    public Viewer Open(int bufferBytes = 65_536, string scope = "read:*") => new(_factory, bufferBytes, scope);

    /// <summary>Appends events, each to the partition of its group.</summary>
    public async Task PublishAsync(params IReadOnlyList<EventEnvelope> events)
    {
        foreach (IGrouping<int, EventEnvelope> batch in events.GroupBy(
            item => Partitioner.Of(Tenant, item.PartitionGroup, Log.PartitionCount)))
        {
            EventAppend[] appends = [.. batch.Select(item => new EventAppend
            {
                Envelope = Encode(item),
                StateKey = item.StateKey,
                DeletesState = item.StateKey is not null && item.IsPayloadNil,
            })];
            AppendResult result = await Log.AppendAsync(new StreamKey(Tenant, batch.Key), appends, default);
            Assert.All(result.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _streams.DisposeAsync();
        await _terminals.DisposeAsync();
        _history.Dispose();
        await Log.DisposeAsync();
        await _metrics.DisposeAsync();
    }

    private static byte[] Encode(EventEnvelope envelope)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(buffer, envelope);
        return buffer.WrittenSpan.ToArray();
    }
}
