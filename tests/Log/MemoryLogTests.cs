using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>The contract, kept by the embedded log.</summary>
public sealed class MemoryLogTests : PartitionedLogContract
{
    private readonly ManualClock _clock = new();

    protected override Task<IPartitionedLog> CreateAsync(LogOptions options) =>
        Task.FromResult<IPartitionedLog>(new MemoryLog(options, _clock, NullLogger<MemoryLog>.Instance));

    protected override void Tick(TimeSpan time) => _clock.Advance(time);
}
