using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>The contract, kept by the embedded log; which trims to the exact length, so the model can too.</summary>
public sealed class MemoryLogTests : PartitionedLogContract
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public Task With_a_short_stream_too_it_does_what_the_model_does(int seed) =>
        FollowModelAsync(seed, Options with { EntriesPerStreamMax = 20 }, entriesMax: 20);

    protected override Task<IPartitionedLog> CreateAsync(LogOptions options) =>
        Task.FromResult<IPartitionedLog>(new MemoryLog(options, _clock, NullLogger<MemoryLog>.Instance));

    protected override Task<IPartitionedLog> AnotherAsync(IPartitionedLog log) => Task.FromResult(log);

    protected override void Tick(TimeSpan time) => _clock.Advance(time);
}
