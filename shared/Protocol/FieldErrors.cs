using Realtime.Protocol.Messages;

namespace Realtime.Protocol;

/// <summary>Collects everything that is wrong with one request, up to a limit.</summary>
internal sealed class FieldErrors
{
    // Enough for every field of a message to be wrong in two ways.
    private const int CountMax = 32;

    private List<FieldError>? _errors;

    public bool Any => _errors is not null;

    public IReadOnlyList<FieldError> List => _errors ?? [];

    // Too much or too many of something is told by its own code only if nothing else is wrong.
    public string Code => List.All(e => e.Code == List[0].Code) && Any ? List[0].Code : ErrorCodes.BadRequest;

    public void Add(string field, string detail) => Add(field, ErrorCodes.BadRequest, detail);

    public void Add(string field, string code, string detail)
    {
        _errors ??= [];
        if (_errors.Count < CountMax)
        {
            _errors.Add(new FieldError(field, code, detail));
        }
    }

    public string Describe() => string.Join("; ", List.Select(e => $"{e.Field}: {e.Detail}"));
}
