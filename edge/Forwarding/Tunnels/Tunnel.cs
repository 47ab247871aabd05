using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// Copies the bytes of one upgraded connection both ways, until one side ends.
/// <code>
///   client  --Input-->   up    --worker-->  worker         each way: wait for bytes without a buffer, then
///           &lt;-Output--   down  &lt;-worker---                 rent one, read, write, until nothing is left to read
/// </code>
/// A way never has more than its one buffer: it reads on when its write is through, so that who does not read is felt
/// by who writes. While nothing moves there is no buffer.
/// </summary>
/// <remarks>
/// Reads of the worker and writes to it take no token, which would cost a registration each: whatever ends the attempt
/// disposes of the worker's stream.
/// </remarks>
/// <param name="client">The client's end.</param>
/// <param name="worker">The worker's, which it disposes of.</param>
/// <param name="attempt">What ends it, and is told what moves.</param>
/// <param name="first">What the worker said right behind the head of its answer.</param>
internal sealed class Tunnel(ClientSide client, Stream worker, Attempt attempt, ReadOnlyMemory<byte> first)
{
    /// <summary>What is copied at a time: the most that one record of TLS holds.</summary>
    public const int BufferBytes = 16 * 1024;

    private ReadOnlyMemory<byte> _first = first;

    /// <summary>Copies until it is over; what went wrong on either side is an end like another.</summary>
    public async Task RunAsync()
    {
        await using CancellationTokenRegistration ending =
            attempt.Ended.UnsafeRegister(static stream => ((Stream)stream!).Dispose(), worker);
        if (worker is NetworkStream { Socket: { } socket })
        {
            InlineCompletions.Use(socket);
        }

        Task down = CopyDownAsync();
        Task<bool> up = CopyUpAsync();
        if (await Task.WhenAny(down, up) == up && await up)
        {
            // The client says no more, but may listen to the end of what the worker says.
            attempt.ClientEnded();
            await down;
        }

        attempt.End();
        await down;
        await up;
    }

    private async Task CopyDownAsync()
    {
        try
        {
            if (!_first.IsEmpty)
            {
                await WriteDownAsync(_first);
                _first = default;
            }

            int read;
            do
            {
                _ = await worker.ReadAsync(Memory<byte>.Empty, CancellationToken.None);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                try
                {
                    do
                    {
                        read = await worker.ReadAsync(buffer, CancellationToken.None);
                        if (read > 0)
                        {
                            await WriteDownAsync(buffer.AsMemory(0, read));
                        }
                    }
                    while (read == buffer.Length);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            while (read > 0);
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            // The worker's socket broke, or the client's, or the attempt is over.
        }

        // What follows an end is for the pool.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private ValueTask WriteDownAsync(ReadOnlyMemory<byte> bytes)
    {
        attempt.Moved();
        attempt.WorkerSpoke();
        ValueTask writing = client.Output.WriteAsync(bytes, attempt.Ended);
        return writing.IsCompleted ? writing : WaitAsync(writing);
    }

    private async ValueTask WaitAsync(ValueTask writing)
    {
        attempt.WriteWaits();
        await writing;
        attempt.WriteFinished();
    }

    /// <summary>Whether the client ended its side in due form.</summary>
    private async Task<bool> CopyUpAsync()
    {
        try
        {
            await CopyEarlyAsync();
            int read;
            do
            {
                _ = await client.Input.ReadAsync(Memory<byte>.Empty, attempt.Ended);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                try
                {
                    read = await client.Input.ReadAsync(buffer, attempt.Ended);
                    attempt.Moved();
                    await worker.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            while (read > 0);
            return true;
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            return false;
        }
    }

    // What the client sent right behind its request, without waiting for the answer.
    private async ValueTask CopyEarlyAsync()
    {
        if (client.Connection?.Transport.Input is not { } input || !input.TryRead(out ReadResult early))
        {
            return;
        }

        foreach (ReadOnlyMemory<byte> piece in early.Buffer)
        {
            attempt.Moved();
            await worker.WriteAsync(piece, CancellationToken.None);
        }

        input.AdvanceTo(early.Buffer.End);
    }

    private static bool IsEnd(Exception error) =>
        error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
