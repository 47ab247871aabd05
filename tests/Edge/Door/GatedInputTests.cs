using System.IO.Pipelines;
using Realtime.Edge.Door;

namespace Realtime.Tests.Edge.Door;

/// <summary>A place is held from the arrival of bytes until more are asked for.</summary>
public sealed class GatedInputTests : IDisposable
{
    private readonly HandshakeGate _gate = new(new DoorOptions { HandshakesAtOnceMax = 1, HandshakeQueueMax = 1 });
    private readonly Pipe _first = new();
    private readonly Pipe _second = new();
    private readonly Pipe _third = new();
    private int _refused;

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Who_is_silent_or_waited_for_takes_no_place()
    {
        GatedInput first = Gated(_first);
        GatedInput second = Gated(_second);
        Task<ReadResult> silent = first.ReadAsync().AsTask();
        await _second.Writer.WriteAsync(new byte[8]);
        ReadResult hello = await second.ReadAsync();
        second.AdvanceTo(hello.Buffer.End);

        // The second now waits for its client: the first's turn, at once.
        Task<ReadResult> more = second.ReadAsync().AsTask();
        await _first.Writer.WriteAsync(new byte[8]);
        Assert.Equal(8, (await silent).Buffer.Length);
        Assert.False(more.IsCompleted);
    }

    [Fact]
    public async Task What_comes_meanwhile_waits_in_line_and_beyond_the_line_is_refused()
    {
        GatedInput first = Gated(_first);
        GatedInput second = Gated(_second);
        await _first.Writer.WriteAsync(new byte[8]);
        ReadResult hello = await first.ReadAsync();

        await _second.Writer.WriteAsync(new byte[8]);
        Task<ReadResult> waiting = second.ReadAsync().AsTask();
        Assert.Equal(1, _gate.Waiting);
        await _third.Writer.WriteAsync(new byte[8]);
        await Assert.ThrowsAsync<IOException>(() => Gated(_third).ReadAsync().AsTask());
        Assert.Equal(1, _refused);
        Assert.False(waiting.IsCompleted);

        // The handshake is through: its place is the next one's, and from here on nothing is held up.
        first.Open();
        Assert.Equal(8, (await waiting).Buffer.Length);
        first.AdvanceTo(hello.Buffer.End);
        await _first.Writer.WriteAsync(new byte[8]);
        Assert.Equal(8, (await first.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task Who_gives_up_in_line_leaves_it()
    {
        GatedInput first = Gated(_first);
        await _first.Writer.WriteAsync(new byte[8]);
        await first.ReadAsync();
        await _second.Writer.WriteAsync(new byte[8]);
        using var tooLate = new CancellationTokenSource();
        Task<ReadResult> waiting = Gated(_second).ReadAsync(tooLate.Token).AsTask();
        await tooLate.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, _gate.Waiting);
    }

    private GatedInput Gated(Pipe pipe) => new(pipe.Reader, _gate, () => _refused++);
}
