using System.Net.Security;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>
/// The first flight of a TLS handshake, made once and sent by every attempt: it has the server do all of its
/// cryptography, and costs the client, who shares the machine, nothing.
/// </summary>
internal static class ClientHello
{
    /// <summary>Has the framework write one.</summary>
    public static async Task<byte[]> MakeAsync(Target target, CancellationToken stopping)
    {
        using var wire = new FirstWrite();
        await using var tls = new SslStream(wire, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsClientAsync(target.CreateTlsOptions(), stopping);
        }
        catch (IOException)
        {
            // Nobody answers; what was said is all that is wanted.
        }

        return wire.ToArray();
    }

    /// <summary>Takes what is written; whoever waits for an answer learns that the other side is gone.</summary>
    private sealed class FirstWrite : MemoryStream
    {
        public override int Read(Span<byte> buffer) => 0;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(0);
    }
}
