using Realtime.Hosting.Health;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Tls;

/// <summary>Refuses what producers send over a connection without a client certificate, if one is required.</summary>
internal sealed class ProducerCertificates(RequestDelegate next, TlsOptions options, EdgeMetrics metrics)
{
    private readonly bool _isRequired = options.ClientCertificates == ClientCertificateMode.RequiredForProducers;

    public Task InvokeAsync(HttpContext context)
    {
        // One that was shown was verified by the handshake.
        if (!_isRequired || Traffic.RoleFor(context) != WorkerRole.Ingest
            || context.Connection.ClientCertificate is not null)
        {
            return next(context);
        }

        metrics.Refused(EdgeStage.Tls, EdgeRefusal.ClientCertificate);
        return Problem.WriteAsync(
            context, StatusCodes.Status403Forbidden, ErrorCodes.CertificateRequired,
            "Producers need a client certificate here. Connect with one of an accepted authority.");
    }
}
