using System.IO.Pipelines;

namespace Realtime.Edge.Door;

/// <summary>A connection's transport with the gated input.</summary>
internal sealed class GatedTransport(IDuplexPipe inner, GatedInput input) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => inner.Output;
}
