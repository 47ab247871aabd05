using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Realtime.Workers.Connections;

/// <summary>A transport's input that tells a <see cref="Pulse"/> of every byte, whole messages or not.</summary>
internal sealed class HeardReader(PipeReader input, Pulse pulse) : PipeReader
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = input.ReadAsync(cancellationToken);
        if (!reading.IsCompletedSuccessfully)
        {
            pulse.Listen();
            return AwaitAsync(reading);
        }

        pulse.Hear();
        return ValueTask.FromResult(reading.Result);
    }

    public override bool TryRead(out ReadResult result) => input.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> reading)
    {
        ReadResult result = await reading;
        pulse.Hear();
        return result;
    }
}
